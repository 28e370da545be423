package mobilegen;

import android.app.Activity;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.view.View;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.robolectric.shadows.ShadowLooper;

/** What tests see of an activity, and how they wait for it. */
public final class Robot {

    private static final long TIMEOUT_MILLIS = 60_000;

    private Robot() {
    }

    /** Draws the window of an activity into a PNG file in the folder of the test run. */
    public static void save(Activity activity, String name) throws IOException {
        ShadowLooper.idleMainLooper();
        View root = activity.getWindow().getDecorView();
        Bitmap picture =
                Bitmap.createBitmap(root.getWidth(), root.getHeight(), Bitmap.Config.ARGB_8888);
        root.draw(new Canvas(picture));
        File file = new File(System.getProperty("mobilegen.screenshots"), name + ".png");
        try (OutputStream stream = new FileOutputStream(file)) {
            picture.compress(Bitmap.CompressFormat.PNG, 100, stream);
        }
    }

    /** Lets the main thread work until something is true; other threads run by themselves. */
    public static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.currentTimeMillis() + TIMEOUT_MILLIS;
        while (!condition.call()) {
            if (System.currentTimeMillis() > end) {
                throw new AssertionError("waited in vain for: " + what);
            }
            ShadowLooper.idleMainLooper();
            Thread.sleep(5);
        }
    }
}
