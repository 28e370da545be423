package com.example.photo.demo;

import android.app.Activity;
import android.content.pm.PackageManager;
import java.util.Arrays;
import java.util.List;
import mobilegen.Robot;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.ParameterizedRobolectricTestRunner;
import org.robolectric.ParameterizedRobolectricTestRunner.Parameters;
import org.robolectric.Robolectric;
import org.robolectric.android.controller.ActivityController;

/** Draws every screen in every form, for people to look at. */
@RunWith(ParameterizedRobolectricTestRunner.class)
public final class DemoScreenshotsTest {

    private final String name;
    private final String qualifiers;

    public DemoScreenshotsTest(String name, String qualifiers) {
        this.name = name;
        this.qualifiers = qualifiers;
    }

    @Parameters(name = "{0}")
    public static List<Object[]> forms() {
        return Arrays.asList(new Object[][] {
            {"phone-light-en", "en-rUS-w411dp-h891dp-port-notnight-420dpi"},
            {"phone-dark-en", "en-rUS-w411dp-h891dp-port-night-420dpi"},
            {"phone-light-zh", "zh-rCN-w411dp-h891dp-port-notnight-420dpi"},
            {"phone-land-en", "en-rUS-w891dp-h411dp-land-notnight-420dpi"},
            {"tablet-light-en", "en-rUS-sw800dp-w800dp-h1280dp-port-notnight-xhdpi"},
            {"tablet-dark-zh", "zh-rCN-sw800dp-w1280dp-h800dp-land-night-xhdpi"},
        });
    }

    @Test
    public void mainScreen() throws Exception {
        DemoScreens.usePhone(qualifiers);
        try (ActivityController<MainActivity> life =
                Robolectric.buildActivity(MainActivity.class).setup()) {
            DemoScreens.settle(life.get());
            Robot.save(life.get(), name + "-empty");
            DemoScreens.pick(life.get(), DemoScreens.sample("coffee.png"));
            DemoScreens.settle(life.get());
            Robot.save(life.get(), name + "-main");
        }
    }

    @Test
    public void otherScreens() throws Exception {
        DemoScreens.usePhone(qualifiers);
        save(BenchmarkActivity.class, "benchmark");
        save(SettingsActivity.class, "settings");
        try (ActivityController<LiveActivity> life =
                Robolectric.buildActivity(LiveActivity.class).setup()) {
            DemoScreens.settle(life.get());
            life.get().onRequestPermissionsResult(
                    1, new String[1], new int[] {PackageManager.PERMISSION_DENIED});
            Robot.save(life.get(), name + "-live");
        }
    }

    private <A extends Activity> void save(Class<A> screen, String what) throws Exception {
        try (ActivityController<A> life = Robolectric.buildActivity(screen).setup()) {
            DemoScreens.settle(life.get());
            Robot.save(life.get(), name + "-" + what);
        }
    }
}
