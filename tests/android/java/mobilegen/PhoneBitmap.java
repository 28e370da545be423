package mobilegen;

import android.graphics.Bitmap;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.annotation.RealObject;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowNativeBitmap;
import org.robolectric.util.ReflectionHelpers.ClassParameter;

/**
 * Copies pixels in a phone's order.
 *
 * <p>Bitmap.Config.ARGB_8888 is red, green, blue, alpha in memory by Android's documentation, and
 * blue, green, red, alpha in the Skia that Robolectric has for PCs.
 */
@Implements(value = Bitmap.class, isInAndroidSdk = false)
public class PhoneBitmap extends ShadowNativeBitmap {

    @RealObject private Bitmap bitmap;

    @Implementation
    protected void copyPixelsToBuffer(Buffer buffer) {
        int start = buffer.position();
        Shadow.directlyOn(bitmap, Bitmap.class, "copyPixelsToBuffer",
                ClassParameter.from(Buffer.class, buffer));
        swap(buffer, start);
    }

    @Implementation
    protected void copyPixelsFromBuffer(Buffer buffer) {
        int start = buffer.position();
        swap(buffer, start);
        Shadow.directlyOn(bitmap, Bitmap.class, "copyPixelsFromBuffer",
                ClassParameter.from(Buffer.class, buffer));
        swap(buffer, start);
    }

    private void swap(Buffer buffer, int start) {
        if (bitmap.getConfig() != Bitmap.Config.ARGB_8888) {
            return;
        }
        if (!(buffer instanceof ByteBuffer)) {
            throw new UnsupportedOperationException("only ByteBuffer is here");
        }
        ByteBuffer bytes = (ByteBuffer) buffer;
        for (int i = start; i < start + bitmap.getByteCount(); i += 4) {
            byte first = bytes.get(i);
            bytes.put(i, bytes.get(i + 2));
            bytes.put(i + 2, first);
        }
    }
}
