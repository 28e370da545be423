package androidx.test.internal.runner.lifecycle;

import android.app.Application;
import androidx.test.runner.lifecycle.ApplicationLifecycleMonitor;
import androidx.test.runner.lifecycle.ApplicationStage;

/** Is told of the life of the application by Robolectric, and forgets it. */
public final class ApplicationLifecycleMonitorImpl implements ApplicationLifecycleMonitor {

    public void signalLifecycleChange(Application application, ApplicationStage stage) {
    }
}
