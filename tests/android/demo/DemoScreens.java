package com.example.photo.demo;

import static org.junit.Assert.assertEquals;
import static org.robolectric.Shadows.shadowOf;

import android.app.Activity;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.view.View;
import android.widget.TextView;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import mobilegen.Robot;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.shadows.ShadowActivity.IntentForResult;

/** What the tests of the demo do with it, as a user would. */
final class DemoScreens {

    static final String PHONE = "w411dp-h891dp-port-notnight-420dpi";

    private DemoScreens() {
    }

    /** A phone with a camera. */
    static void usePhone(String qualifiers) {
        RuntimeEnvironment.setQualifiers(qualifiers);
        shadowOf(RuntimeEnvironment.getApplication().getPackageManager())
                .setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true);
    }

    /** Picks a file in the album; it is given through a content provider, as the picker does. */
    static void pick(MainActivity activity, Supplier<InputStream> content) {
        Uri uri = Uri.parse("content://album/picture");
        shadowOf(activity.getContentResolver()).registerInputStreamSupplier(uri, content);
        activity.findViewById(R.id.button_album).performClick();
        IntentForResult started = shadowOf(activity).getNextStartedActivityForResult();
        assertEquals("image/*", started.intent.getType());
        shadowOf(activity).receiveResult(
                started.intent, Activity.RESULT_OK, new Intent().setData(uri));
    }

    /** A picture of the samples. */
    static Supplier<InputStream> sample(String name) {
        File file = new File(System.getProperty("mobilegen.samples"), name);
        return () -> {
            try {
                return new FileInputStream(file);
            } catch (FileNotFoundException missing) {
                throw new UncheckedIOException(missing);
            }
        };
    }

    /** Waits until the model is open and nothing is computed any more. */
    static void settle(Activity activity) throws Exception {
        Session session = ((DemoApplication) activity.getApplication()).session();
        Robot.await("end of work", () -> !session.isOpening() && !session.isBusy());
    }

    /** What a text view shows; empty when it is not visible. */
    static String text(Activity activity, int id) {
        TextView view = activity.findViewById(id);
        return view.getVisibility() == View.VISIBLE ? view.getText().toString() : "";
    }
}
