package androidx.test.runner.intent;

/** Has no stubber: Robolectric asks before every start of an activity. */
public final class IntentStubberRegistry {

    private IntentStubberRegistry() {
    }

    public static boolean isLoaded() {
        return false;
    }

    public static IntentStubber getInstance() {
        throw new IllegalStateException("there is no stubber");
    }

    public static void reset() {
    }
}
