package androidx.test.runner.lifecycle;

/** Takes the monitor that Robolectric registers; nobody asks for it. */
public final class ApplicationLifecycleMonitorRegistry {

    private ApplicationLifecycleMonitorRegistry() {
    }

    public static void registerInstance(ApplicationLifecycleMonitor monitor) {
    }
}
