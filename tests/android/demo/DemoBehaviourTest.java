package com.example.photo.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.Manifest;
import android.app.AlertDialog;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.provider.MediaStore;
import java.io.ByteArrayInputStream;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.shadows.ShadowAlertDialog;
import org.robolectric.util.ReflectionHelpers;

/** The demo does what a user expects of it. */
@RunWith(RobolectricTestRunner.class)
public final class DemoBehaviourTest {

    private ActivityController<MainActivity> life;
    private MainActivity activity;

    @Before
    public void start() throws Exception {
        DemoScreens.usePhone(DemoScreens.PHONE);
        life = Robolectric.buildActivity(MainActivity.class).setup();
        activity = life.get();
        DemoScreens.settle(activity);
    }

    private void pickCoffee() throws Exception {
        DemoScreens.pick(activity, DemoScreens.sample("coffee.png"));
        DemoScreens.settle(activity);
    }

    private void checkCoffee(MainActivity shown) {
        assertEquals("espresso", DemoScreens.text(shown, R.id.text_label));
        String details = DemoScreens.text(shown, R.id.text_details);
        String expected = System.getProperty("mobilegen.percent");
        assertTrue(details, details.startsWith(expected + "% · "));
        assertEquals(5, DemoScreens.text(shown, R.id.text_top).trim().split("\n").length);
    }

    @Test
    public void aPictureOfTheAlbumIsNamed() throws Exception {
        assertEquals("", DemoScreens.text(activity, R.id.text_status));
        pickCoffee();
        checkCoffee(activity);
    }

    @Test
    public void turningTheDeviceKeepsPictureModelAndResult() throws Exception {
        pickCoffee();
        Session before = ((DemoApplication) activity.getApplication()).session();
        Object model = before.model();
        RuntimeEnvironment.setQualifiers("+land");
        life.configurationChange(
                RuntimeEnvironment.getApplication().getResources().getConfiguration());
        DemoScreens.settle(life.get());
        assertNotSame(activity, life.get());
        checkCoffee(life.get());
        assertSame(model, before.model());
    }

    @Test
    public void thePictureComesBackAfterTheProcessHasEnded() throws Exception {
        pickCoffee();
        Bundle state = new Bundle();
        life.pause().stop().saveInstanceState(state).destroy();
        ReflectionHelpers.setField(activity.getApplication(), "session", null);
        MainActivity again =
                Robolectric.buildActivity(MainActivity.class).setup(state).get();
        DemoScreens.settle(again);
        checkCoffee(again);
    }

    @Test
    public void whatIsNoPictureIsTold() throws Exception {
        byte[] rubbish = "no picture at all".getBytes("UTF-8");
        DemoScreens.pick(activity, () -> new ByteArrayInputStream(rubbish));
        DemoScreens.settle(activity);
        String status = DemoScreens.text(activity, R.id.text_status);
        assertTrue(status, status.contains(activity.getString(R.string.error_picture)));
        pickCoffee();
        checkCoffee(activity);
        assertEquals("", DemoScreens.text(activity, R.id.text_status));
    }

    @Test
    public void aRefusedCameraIsExplained() {
        activity.findViewById(R.id.button_camera).performClick();
        String[] asked = shadowOf(activity).getLastRequestedPermission().requestedPermissions;
        assertEquals(Manifest.permission.CAMERA, asked[0]);
        int code = shadowOf(activity).getLastRequestedPermission().requestCode;
        int[] refused = {PackageManager.PERMISSION_DENIED};
        activity.onRequestPermissionsResult(code, asked, refused);
        AlertDialog dialog = ShadowAlertDialog.getLatestAlertDialog();
        assertNotNull(dialog);
        assertEquals(activity.getString(R.string.camera_refused),
                shadowOf(dialog).getMessage().toString());
    }

    @Test
    public void theLicenceOfTheEngineIsShown() {
        SettingsActivity settings = Robolectric.setupActivity(SettingsActivity.class);
        settings.findViewById(R.id.button_licence).performClick();
        String text = shadowOf(ShadowAlertDialog.getLatestAlertDialog()).getMessage().toString();
        assertTrue(text, text.contains("Redistributions in binary form must reproduce"));
    }

    @Test
    public void theCameraIsOpenedWhenItIsAllowed() {
        shadowOf(activity.getApplication()).grantPermissions(Manifest.permission.CAMERA);
        activity.findViewById(R.id.button_camera).performClick();
        Intent started = shadowOf(activity).getNextStartedActivityForResult().intent;
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, started.getAction());
        assertNotNull(started.getParcelableExtra(MediaStore.EXTRA_OUTPUT));
    }
}
