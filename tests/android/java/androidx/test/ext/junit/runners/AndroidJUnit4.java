package androidx.test.ext.junit.runners;

import org.junit.runners.model.InitializationError;
import org.robolectric.RobolectricTestRunner;

/** Runs the tests that are meant for a phone under Robolectric. */
public final class AndroidJUnit4 extends RobolectricTestRunner {

    public AndroidJUnit4(Class<?> testClass) throws InitializationError {
        super(testClass);
    }
}
