package com.example.photo.demo;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import com.example.photo.ImageClassifier;
import java.io.File;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;

/** Pictures are read as Python reads them; the folder of pictures was made by it. */
@RunWith(RobolectricTestRunner.class)
public final class PicturesTest {

    private final Context context = RuntimeEnvironment.getApplication();

    private Bitmap read(String name) throws Exception {
        return Pictures.read(context, new File(System.getProperty("mobilegen.made"), name)).pixels;
    }

    /** Red, green and blue. */
    private static int[] colours(Bitmap bitmap) {
        int width = bitmap.getWidth();
        int[] pixels = new int[width * bitmap.getHeight()];
        bitmap.getPixels(pixels, 0, width, 0, 0, width, bitmap.getHeight());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] &= 0xFFFFFF;
        }
        return pixels;
    }

    @Test
    public void eachOfTheEightOrientationsIsSetUpright() throws Exception {
        Bitmap plain = read("plain.png");
        for (int orientation = 1; orientation <= 8; orientation++) {
            Bitmap found = read("turned" + orientation + ".png");
            assertEquals(plain.getWidth(), found.getWidth());
            assertArrayEquals("" + orientation, colours(plain), colours(found));
        }
    }

    @Test
    public void transparencyIsLeftOut() throws Exception {
        Bitmap found = read("transparent.png");
        assertArrayEquals(colours(read("plain.png")), colours(found));
        // It can be drawn.
        Bitmap target = Bitmap.createBitmap(8, 8, Bitmap.Config.ARGB_8888);
        new Canvas(target).drawBitmap(found, 0, 0, null);
    }

    @Test
    public void aTransparentPictureIsNamedLikeAnOpaqueOne() throws Exception {
        try (ImageClassifier classifier = ImageClassifier.open(context)) {
            float opaque = best(classifier, read("coffee.png"));
            assertEquals(opaque, best(classifier, read("coffee-transparent.png")), 0);
            Bitmap multiplied = android.graphics.BitmapFactory.decodeFile(
                    new File(System.getProperty("mobilegen.made"), "coffee-transparent.png")
                            .getPath());
            assertTrue(multiplied.isPremultiplied() && multiplied.hasAlpha());
            assertEquals(opaque, best(classifier, multiplied), 0.02);
        }
    }

    private static float best(ImageClassifier classifier, Bitmap bitmap) {
        ImageClassifier.Result best = classifier.classify(bitmap, 1).get(0);
        assertEquals("espresso", best.label());
        return best.probability();
    }

    @Test
    public void aLargePictureIsShownSmall() throws Exception {
        File file = new File(System.getProperty("mobilegen.made"), "long.png");
        Pictures.Picture found = Pictures.read(context, file);
        assertEquals(9000, found.pixels.getWidth());
        assertEquals(2048, found.shown.getWidth());
        assertEquals(1, found.shown.getHeight());
        assertFalse(found.shown.hasAlpha());
    }
}
