package cases;

import android.annotation.TargetApi;
import android.content.Context;
import android.graphics.ImageDecoder;
import android.os.Build;
import java.util.Map;

/** Uses that crash on a phone; the names of the methods say why. */
final class Unguarded {

    static int withoutGuard(Context context) {
        return context.checkSelfPermission("x");
    }

    static int withTheOppositeGuard(Context context) {
        if (Build.VERSION.SDK_INT < 23) {
            return context.checkSelfPermission("x");
        }
        return 0;
    }

    static int withTooLowAGuard(Context context) {
        return Build.VERSION.SDK_INT >= 21 ? context.checkSelfPermission("x") : 0;
    }

    static int behindAGuardThatHasEnded(Context context) {
        int sum = 0;
        if (Build.VERSION.SDK_INT >= 23) {
            sum++;
        }
        return sum + context.checkSelfPermission("x");
    }

    static int withAnOr(Context context, boolean other) {
        return Build.VERSION.SDK_INT >= 23 || other ? context.checkSelfPermission("x") : 0;
    }

    static String ofJava(Map<String, String> map) {
        return map.getOrDefault("a", "b");
    }

    @TargetApi(24)
    static String annotated(Map<String, String> map) {
        return map.getOrDefault("a", "b");
    }

    static String callsAnnotated(Map<String, String> map) {
        return annotated(map);
    }

    static Object anonymous() {
        return new ImageDecoder.OnHeaderDecodedListener() {
            @Override
            public void onHeaderDecoded(
                    ImageDecoder decoder, ImageDecoder.ImageInfo info,
                    ImageDecoder.Source source) {
                decoder.setMutableRequired(true);
            }
        };
    }

    static Object hiddenMethod() {
        return android.app.ActivityThread.currentApplication();
    }

    static Object hiddenClass() {
        return android.os.ServiceManager.getService("x");
    }

    static boolean cast(Object some) {
        return some instanceof ImageDecoder;
    }
}
