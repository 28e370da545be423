package com.example.photo.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.text.Layout;
import android.widget.Button;
import android.widget.ScrollView;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import mobilegen.Robot;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.shadows.ShadowActivity.IntentForResult;
import org.robolectric.util.ReflectionHelpers;

/** Several screens one after the other, in the order in which a phone starts and stops them. */
@RunWith(RobolectricTestRunner.class)
public final class DemoJourneysTest {

    private static final Supplier<InputStream> RUBBISH =
            () -> new ByteArrayInputStream("no picture at all".getBytes());

    private ActivityController<MainActivity> first;

    @Before
    public void start() {
        DemoScreens.usePhone(DemoScreens.PHONE);
        first = Robolectric.buildActivity(MainActivity.class).setup();
    }

    /** The new screen is started before the old one is stopped. */
    private <A extends Activity> ActivityController<A> open(Class<A> screen) {
        first.pause();
        ActivityController<A> second = Robolectric.buildActivity(screen).setup();
        first.stop();
        return second;
    }

    private void goBack(ActivityController<?> second) {
        second.pause();
        first.restart().start().resume();
        second.stop().destroy();
    }

    private void pick(Supplier<InputStream> content) throws Exception {
        DemoScreens.pick(first.get(), content);
        DemoScreens.settle(first.get());
    }

    private void checkCoffee(MainActivity activity) {
        assertEquals("espresso", DemoScreens.text(activity, R.id.text_label));
    }

    @Test
    public void aScreenThatWasReturnedToShowsWhatHappens() throws Exception {
        DemoScreens.settle(first.get());
        goBack(open(BenchmarkActivity.class));
        // The system's picker covers half of the screen, which is not stopped for it.
        pick(DemoScreens.sample("coffee.png"));
        checkCoffee(first.get());
    }

    @Test
    public void aScreenThatIsOpenedEarlySeesTheModelArrive() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        ReflectionHelpers.setField(first.get().getApplication(), "session", null);
        ((DemoApplication) first.get().getApplication()).session().submit(new Session.Work() {
            @Override
            public Runnable compute() {
                try {
                    opened.await();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
                return null;
            }

            @Override
            public void onFailure(String reason) {
                throw new AssertionError(reason);
            }
        });
        first = Robolectric.buildActivity(MainActivity.class).setup();
        BenchmarkActivity screen = open(BenchmarkActivity.class).get();
        assertFalse(screen.findViewById(R.id.button_start).isEnabled());
        opened.countDown();
        DemoScreens.settle(screen);
        assertTrue(screen.findViewById(R.id.button_start).isEnabled());
    }

    @Test
    public void aBrokenPictureIsNoMatterOfOtherScreens() throws Exception {
        shadowOf(first.get().getApplication()).grantPermissions(Manifest.permission.CAMERA);
        pick(RUBBISH);
        assertNotEquals("", DemoScreens.text(first.get(), R.id.text_status));
        ActivityController<LiveActivity> live = open(LiveActivity.class);
        assertEquals("", DemoScreens.text(live.get(), R.id.text_status));
        goBack(live);
        BenchmarkActivity screen = open(BenchmarkActivity.class).get();
        assertEquals(screen.getString(R.string.benchmark_hint),
                DemoScreens.text(screen, R.id.text_status));
    }

    @Test
    public void aBrokenPictureLeavesTheLastOneInItsPlace() throws Exception {
        pick(DemoScreens.sample("coffee.png"));
        pick(RUBBISH);
        checkCoffee(restarted());
    }

    /** The first screen in a new process, with the state that it had in this one. */
    private MainActivity restarted() throws Exception {
        Bundle state = new Bundle();
        first.pause().stop().saveInstanceState(state).destroy();
        ReflectionHelpers.setField(first.get().getApplication(), "session", null);
        MainActivity again = Robolectric.buildActivity(MainActivity.class).setup(state).get();
        DemoScreens.settle(again);
        return again;
    }

    @Test
    public void aPictureSurvivesTheUpButton() throws Exception {
        pick(DemoScreens.sample("coffee.png"));
        // Android makes a new first screen then, and gives it no state.
        first.pause().stop().destroy();
        first = Robolectric.buildActivity(MainActivity.class).setup();
        checkCoffee(first.get());
        checkCoffee(restarted());
    }

    @Test
    public void aPhotographIsNamed() throws Exception {
        photograph(DemoScreens.sample("coffee.png"));
        checkCoffee(first.get());
        assertEquals("", DemoScreens.text(first.get(), R.id.text_status));
    }

    @Test
    public void aCameraAppThatLeavesNothingDoesNotBringTheLastPictureBack() throws Exception {
        photograph(DemoScreens.sample("coffee.png"));
        photograph(null);
        String status = DemoScreens.text(first.get(), R.id.text_status);
        assertTrue(status, status.contains(first.get().getString(R.string.error_picture)));
        checkCoffee(restarted());
    }

    private void photograph(Supplier<InputStream> content) throws Exception {
        shadowOf(first.get().getApplication()).grantPermissions(Manifest.permission.CAMERA);
        first.get().findViewById(R.id.button_camera).performClick();
        IntentForResult started = shadowOf(first.get()).getNextStartedActivityForResult();
        File file = Pictures.cameraFile(first.get());
        if (content != null) {
            try (InputStream input = content.get(); OutputStream out = new FileOutputStream(file)) {
                input.transferTo(out);
            }
        }
        shadowOf(first.get()).receiveResult(started.intent, Activity.RESULT_OK, new Intent());
        DemoScreens.settle(first.get());
    }

    @Test
    public void aBenchmarkIsMeasuredAndShared() throws Exception {
        DemoScreens.settle(first.get());
        BenchmarkActivity screen = open(BenchmarkActivity.class).get();
        assertFalse(screen.findViewById(R.id.button_share).isEnabled());
        screen.findViewById(R.id.button_start).performClick();
        assertTrue(screen.findViewById(R.id.root).getKeepScreenOn());
        DemoScreens.settle(screen);
        assertFalse(screen.findViewById(R.id.root).getKeepScreenOn());
        screen.findViewById(R.id.button_share).performClick();
        Intent send = shadowOf(screen).getNextStartedActivity()
                .getParcelableExtra(Intent.EXTRA_INTENT);
        String report = send.getStringExtra(Intent.EXTRA_TEXT);
        assertEquals(report, DemoScreens.text(screen, R.id.text_report));
        assertTrue(report, report.matches("(?s).*\\n +1 +\\d+( +\\d+\\.\\d\\d){3} ms\\n.*"
                + "power saving off, throttled by heat: none\\s*"));
    }

    @Test
    public void aBenchmarkThatIsLeftIsNotShared() throws Exception {
        DemoScreens.settle(first.get());
        ActivityController<BenchmarkActivity> second = open(BenchmarkActivity.class);
        second.get().findViewById(R.id.button_start).performClick();
        second.get().finish();
        goBack(second);
        DemoScreens.settle(first.get());
        BenchmarkActivity screen = open(BenchmarkActivity.class).get();
        assertEquals("", DemoScreens.text(screen, R.id.text_report));
        assertTrue(screen.findViewById(R.id.button_start).isEnabled());
        assertFalse(screen.findViewById(R.id.button_share).isEnabled());
    }

    @Test
    public void largeTextIsReadable() throws Exception {
        for (String form : new String[] {"w360dp-h640dp-port", "w640dp-h360dp-land"}) {
            RuntimeEnvironment.setQualifiers("en-rUS-" + form + "-notnight-xhdpi");
            RuntimeEnvironment.setFontScale(2f);
            MainActivity main = Robolectric.buildActivity(MainActivity.class).setup().get();
            DemoScreens.settle(main);
            for (int id : new int[] {R.id.button_album, R.id.button_camera, R.id.button_live}) {
                Button button = main.findViewById(id);
                Layout text = button.getLayout();
                assertEquals(form, 1, text.getLineCount());
                int room = button.getWidth() - button.getCompoundPaddingLeft()
                        - button.getCompoundPaddingRight();
                assertTrue(form, text.getLineMax(0) <= room);
                assertEquals(form, button.getText().length(), text.getLineEnd(0));
            }
        }
    }

    @Test
    public void settingsBeginAtTheTop() throws Exception {
        RuntimeEnvironment.setQualifiers("en-rUS-w640dp-h360dp-land-notnight-xhdpi");
        Activity settings = Robolectric.buildActivity(SettingsActivity.class).setup().get();
        Robot.await("a layout", () -> settings.findViewById(R.id.text_info).getHeight() > 0);
        ScrollView scroll = settings.findViewById(R.id.scroll);
        assertTrue(scroll.canScrollVertically(1));
        assertEquals(0, scroll.getScrollY());
    }
}
