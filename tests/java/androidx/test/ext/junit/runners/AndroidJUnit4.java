package androidx.test.ext.junit.runners;

import org.junit.runners.BlockJUnit4ClassRunner;
import org.junit.runners.model.InitializationError;

/** Stands for the runner of this name, to compile tests against. */
public final class AndroidJUnit4 extends BlockJUnit4ClassRunner {

    public AndroidJUnit4(Class<?> type) throws InitializationError {
        super(type);
    }
}
