package androidx.test.platform.app;

import android.app.Instrumentation;

/** The part of the class of this name that generated tests use, to compile them against. */
public final class InstrumentationRegistry {

    private InstrumentationRegistry() {
    }

    public static Instrumentation getInstrumentation() {
        throw new UnsupportedOperationException();
    }
}
