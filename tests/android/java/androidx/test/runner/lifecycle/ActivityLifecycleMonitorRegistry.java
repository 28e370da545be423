package androidx.test.runner.lifecycle;

/** Hands out the monitor that Robolectric registers. */
public final class ActivityLifecycleMonitorRegistry {

    private static ActivityLifecycleMonitor current;

    private ActivityLifecycleMonitorRegistry() {
    }

    public static void registerInstance(ActivityLifecycleMonitor monitor) {
        current = monitor;
    }

    public static ActivityLifecycleMonitor getInstance() {
        if (current == null) {
            throw new IllegalStateException("Robolectric has registered no monitor");
        }
        return current;
    }
}
