package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;

/** Hands out the instrumentation that Robolectric registers. */
public final class InstrumentationRegistry {

    private static Instrumentation current;
    private static Bundle currentArguments = new Bundle();

    private InstrumentationRegistry() {
    }

    public static void registerInstance(Instrumentation instrumentation, Bundle arguments) {
        current = instrumentation;
        currentArguments = arguments;
    }

    public static Instrumentation getInstrumentation() {
        if (current == null) {
            throw new IllegalStateException("Robolectric has registered no instrumentation");
        }
        return current;
    }

    public static Bundle getArguments() {
        return new Bundle(currentArguments);
    }
}
