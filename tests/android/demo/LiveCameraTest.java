package com.example.photo.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Context;
import android.graphics.ImageFormat;
import android.graphics.SurfaceTexture;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraManager;
import android.media.ImageReader;
import android.os.Handler;
import android.util.Size;
import com.example.photo.ImageClassifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import mobilegen.Robot;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.shadows.ShadowCameraCharacteristics;
import org.robolectric.shadows.StreamConfigurationMapBuilder;
import org.robolectric.util.ReflectionHelpers;

/** The camera is opened and closed in the right order, and its frames are turned upright. */
@RunWith(RobolectricTestRunner.class)
public final class LiveCameraTest {

    private final Context context = RuntimeEnvironment.getApplication();
    private final List<String> failures = new ArrayList<>();
    private LiveCamera camera;

    @Before
    public void makeCamera() throws Exception {
        DemoScreens.usePhone(DemoScreens.PHONE);
        camera = new LiveCamera(context, ImageClassifier.open(context), new LiveCamera.Listener() {
            @Override
            public void onResults(List<ImageClassifier.Result> results, double seconds) {
                throw new AssertionError("there were no frames");
            }

            @Override
            public void onFailure(String reason) {
                failures.add(reason);
            }
        });
    }

    private void addCamera(Size... sizes) {
        CameraCharacteristics facts = ShadowCameraCharacteristics.newCameraCharacteristics();
        shadowOf(facts).set(CameraCharacteristics.SENSOR_ORIENTATION, 90);
        shadowOf(facts).set(
                CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK);
        StreamConfigurationMapBuilder map = StreamConfigurationMapBuilder.newBuilder();
        for (Size size : sizes) {
            map.addOutputSize(ImageFormat.YUV_420_888, size);
        }
        shadowOf(facts).set(
                CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, map.build());
        shadowOf(context.getSystemService(CameraManager.class)).addCamera("0", facts);
    }

    @Test
    public void theReaderOutlivesTheFrameThatIsClassified() throws Exception {
        addCamera(new Size(640, 480));
        camera.start(new SurfaceTexture(0), 0);
        Robot.await("an open camera", () -> ReflectionHelpers.getField(camera, "device") != null);
        ImageReader reader = ReflectionHelpers.getField(camera, "reader");
        CountDownLatch classified = new CountDownLatch(1);
        Handler frames = ReflectionHelpers.getField(camera, "frames");
        frames.post(() -> {
            try {
                classified.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        });
        camera.stop();
        camera.stop();
        assertTrue(isOpen(reader));
        Thread thread = frames.getLooper().getThread();
        assertTrue(thread.isAlive());
        classified.countDown();
        Robot.await("the end of the thread", () -> !thread.isAlive());
        assertFalse(isOpen(reader));
        assertEquals(Collections.emptyList(), failures);
    }

    private static boolean isOpen(ImageReader reader) {
        return ReflectionHelpers.<Boolean>getField(reader, "mIsReaderValid");
    }

    @Test
    public void aDeviceWithoutACameraSaysSo() throws Exception {
        camera.start(new SurfaceTexture(0), 0);
        Robot.await("a failure", () -> !failures.isEmpty());
        camera.stop();
        assertEquals(
                Collections.singletonList(context.getString(R.string.error_camera)), failures);
    }

    @Test
    public void aCameraWithoutFramesSaysSo() throws Exception {
        addCamera();
        camera.start(new SurfaceTexture(0), 0);
        Robot.await("a failure", () -> !failures.isEmpty());
        camera.stop();
        assertEquals(
                Collections.singletonList(context.getString(R.string.error_camera)), failures);
    }

    /** What the documentation of Camera2 gives for the sensors that phones have. */
    @Test
    public void framesAreTurnedUpright() {
        int[][] back = {{90, 0, 90}, {90, 90, 0}, {90, 180, 270}, {90, 270, 180}, {270, 0, 270}};
        for (int[] each : back) {
            assertEquals(each[2], LiveCamera.frameDegrees(each[0], each[1], false));
        }
        int[][] front = {{270, 0, 270}, {270, 90, 0}, {270, 180, 90}, {270, 270, 180}};
        for (int[] each : front) {
            assertEquals(each[2], LiveCamera.frameDegrees(each[0], each[1], true));
        }
    }

    @Test
    public void framesAreAsLargeAsIsUseful() {
        Size[] sizes = {
            new Size(4000, 3000), new Size(1920, 1080), new Size(1280, 960), new Size(640, 480)
        };
        assertEquals(new Size(1280, 960), LiveCamera.choose(sizes, 1280 * 960));
        assertEquals(new Size(640, 480), LiveCamera.choose(sizes, 800 * 480));
        assertEquals(new Size(640, 480), LiveCamera.choose(sizes, 320 * 240));
    }
}
