package com.example.fixture;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.widget.TextView;
import androidx.test.platform.app.InstrumentationRegistry;
import mobilegen.Screen;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;

@RunWith(RobolectricTestRunner.class)
public final class FixtureTest {

    private static final String PHONE = "w360dp-h740dp-xhdpi";

    @Test
    public void applicationId() {
        assertEquals("com.example.fixture.demo",
                InstrumentationRegistry.getInstrumentation().getTargetContext().getPackageName());
    }

    @Test
    public void classifiesInEnglish() throws Exception {
        check(pressed("en-rUS-" + PHONE, "english"), "espresso, 95\\.\\d %");
    }

    @Test
    public void classifiesInChineseAtNight() throws Exception {
        String qualifiers = "zh-rCN-" + PHONE.replace("xhdpi", "night-xhdpi");
        check(pressed(qualifiers, "chinese"), "espresso,95\\.\\d %");
    }

    private static void check(String text, String pattern) {
        assertTrue(text, text.matches(pattern));
    }

    private static String pressed(String qualifiers, String name) throws Exception {
        RuntimeEnvironment.setQualifiers(qualifiers);
        try (ActivityController<MainActivity> life = Robolectric.buildActivity(MainActivity.class)) {
            Activity activity = life.setup().get();
            TextView text = activity.findViewById(R.id.result);
            assertEquals(activity.getString(R.string.no_result), text.getText().toString());
            activity.findViewById(R.id.classify).performClick();
            Screen.save(activity, name);
            return text.getText().toString();
        }
    }
}
