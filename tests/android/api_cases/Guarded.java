package cases;

import android.annotation.TargetApi;
import android.app.Activity;
import android.content.Context;
import android.graphics.ImageDecoder;
import android.os.Build;
import android.view.View;
import android.view.WindowInsets;
import java.util.Map;

/** Every way in which a newer part of the API may be used. */
final class Guarded {

    static int inside(Context context) {
        if (Build.VERSION.SDK_INT >= 23) {
            return context.checkSelfPermission("x");
        }
        return 0;
    }

    static boolean inACondition(Context context) {
        return Build.VERSION.SDK_INT < Build.VERSION_CODES.M || context.checkSelfPermission("x") == 0;
    }

    static int afterReturning(Context context) {
        if (Build.VERSION.SDK_INT <= 22) {
            return 0;
        }
        int sum = 0;
        for (int i = 0; i < 3; i++) {
            try {
                sum += context.checkSelfPermission("x");
            } catch (RuntimeException error) {
                sum -= context.checkSelfPermission("y");
            }
        }
        return sum;
    }

    static void twice(Activity activity, WindowInsets insets) {
        if (Build.VERSION.SDK_INT >= 24 && activity.isInMultiWindowMode()) {
            return;
        }
        if (Build.VERSION.SDK_INT >= 30) {
            insets.getInsets(WindowInsets.Type.systemBars());
        }
    }

    @TargetApi(24)
    static String annotated(Map<String, String> map) {
        return map.getOrDefault("a", "b");
    }

    static String callsAnnotated(Map<String, String> map) {
        return Build.VERSION.SDK_INT >= 24 ? annotated(map) : "";
    }

    static Object anonymous() {
        if (Build.VERSION.SDK_INT >= 28) {
            return new ImageDecoder.OnHeaderDecodedListener() {
                @Override
                public void onHeaderDecoded(
                        ImageDecoder decoder, ImageDecoder.ImageInfo info,
                        ImageDecoder.Source source) {
                    decoder.setMutableRequired(true);
                }
            };
        }
        return null;
    }

    @TargetApi(29)
    static final class Newer {
        static void run(View view) {
            view.setForceDarkAllowed(false);
        }
    }

    static void usesNewer(View view) {
        if (Build.VERSION.SDK_INT > 28) {
            Newer.run(view);
        }
    }
}
