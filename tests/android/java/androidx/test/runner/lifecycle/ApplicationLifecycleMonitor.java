package androidx.test.runner.lifecycle;

/** Would know the stage of the application. */
public interface ApplicationLifecycleMonitor {
}
