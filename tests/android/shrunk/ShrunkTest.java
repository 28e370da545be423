package shrunk;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.robolectric.Shadows.shadowOf;

import android.app.Activity;
import android.content.Intent;
import android.content.res.Resources;
import android.net.Uri;
import android.view.View;
import android.widget.TextView;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import mobilegen.Robot;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;

/** The demo after its classes were renamed: only what the manifest names has its name still. */
@RunWith(RobolectricTestRunner.class)
public final class ShrunkTest {

    private static final String PACKAGE = "com.example.photo";

    private static View find(Activity activity, String name) {
        Resources resources = activity.getResources();
        return activity.findViewById(
                resources.getIdentifier(name, "id", activity.getPackageName()));
    }

    private static String text(Activity activity, String name) {
        return String.valueOf(((TextView) find(activity, name)).getText());
    }

    @Test
    public void aPictureIsNamed() throws Exception {
        Class<? extends Activity> screen =
                Class.forName(PACKAGE + ".demo.MainActivity").asSubclass(Activity.class);
        Activity activity = Robolectric.buildActivity(screen).setup().get();
        File coffee = new File(System.getProperty("mobilegen.samples"), "coffee.png");
        Uri uri = Uri.parse("content://album/picture");
        shadowOf(activity.getContentResolver()).registerInputStreamSupplier(uri, () -> {
            try {
                return new FileInputStream(coffee);
            } catch (FileNotFoundException missing) {
                throw new UncheckedIOException(missing);
            }
        });
        find(activity, "button_album").performClick();
        Intent started = shadowOf(activity).getNextStartedActivityForResult().intent;
        shadowOf(activity).receiveResult(
                started, Activity.RESULT_OK, new Intent().setData(uri));
        Robot.await("an answer", () -> !text(activity, "text_label").isEmpty()
                || text(activity, "text_status").startsWith("Error"));
        assertEquals("", text(activity, "text_status"));
        assertEquals("espresso", text(activity, "text_label"));
    }

    /** Code that was written for Paddle-Mobile may name it in any way; the demo does not use it. */
    @Test
    public void imageRecognitionHasItsNatives() throws Exception {
        Class<?> type = Class.forName(PACKAGE + ".ImageRecognition");
        assertFalse((boolean) type.getMethod("load", String.class).invoke(null, "/nowhere"));
    }
}
