package androidx.test.core.app;

import android.app.Activity;
import org.robolectric.Robolectric;
import org.robolectric.android.controller.ActivityController;

/** Starts an activity and lets a test act on it on the main thread; only what tests here use. */
public final class ActivityScenario<A extends Activity> implements AutoCloseable {

    /** What a test does with the activity. */
    public interface ActivityAction<A extends Activity> {
        void perform(A activity);
    }

    private final ActivityController<A> controller;

    private ActivityScenario(ActivityController<A> controller) {
        this.controller = controller;
    }

    public static <A extends Activity> ActivityScenario<A> launch(Class<A> activity) {
        return new ActivityScenario<>(Robolectric.buildActivity(activity).setup());
    }

    public ActivityScenario<A> onActivity(ActivityAction<A> action) {
        action.perform(controller.get());
        return this;
    }

    public ActivityScenario<A> recreate() {
        controller.recreate();
        return this;
    }

    @Override
    public void close() {
        controller.close();
    }
}
