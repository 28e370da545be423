package androidx.test.core.app;

import android.app.Activity;
import java.io.Closeable;

/** The part of the class of this name that generated tests use, to compile them against. */
public final class ActivityScenario<A extends Activity> implements Closeable {

    private ActivityScenario() {
    }

    public static <A extends Activity> ActivityScenario<A> launch(Class<A> type) {
        throw new UnsupportedOperationException();
    }

    public ActivityScenario<A> onActivity(ActivityAction<A> action) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    public interface ActivityAction<A extends Activity> {
        void perform(A activity);
    }
}
