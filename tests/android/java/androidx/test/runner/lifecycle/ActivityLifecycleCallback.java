package androidx.test.runner.lifecycle;

import android.app.Activity;

/** Wants to know of the lives of activities. */
public interface ActivityLifecycleCallback {
    void onActivityLifecycleChanged(Activity activity, Stage stage);
}
