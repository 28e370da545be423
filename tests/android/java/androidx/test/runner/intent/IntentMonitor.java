package androidx.test.runner.intent;

/** Would be told of intents. */
public interface IntentMonitor {
}
