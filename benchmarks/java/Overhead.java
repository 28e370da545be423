package com.example.vision;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Times what a classification takes beyond the network: preprocessing, the way through JNI, the
 * best classes with their labels.
 *
 * <p>Arguments: a folder with the model, the number of rounds. Prints for each kind of image its
 * name and the fastest time beyond the network, then the fastest network, in milliseconds.
 */
public final class Overhead {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;

    private Overhead() {
    }

    public static void main(String[] arguments) throws Exception {
        System.load(System.getProperty("mobilegen.opener"));
        ImageClassifier classifier = ImageClassifier.open(new File(arguments[0]));
        Map<String, ImageData> images = images();
        Map<String, Double> best = new LinkedHashMap<>();
        double network = Double.MAX_VALUE;
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            for (Map.Entry<String, ImageData> image : images.entrySet()) {
                long started = System.nanoTime();
                classifier.classify(image.getValue(), 5);
                double seconds = (System.nanoTime() - started) * 1e-9;
                double predict = classifier.model().predictSeconds();
                best.merge(image.getKey(), seconds - predict, Math::min);
                network = Math.min(network, predict);
            }
        }
        best.forEach((name, seconds) -> System.out.printf("%s\t%f%n", name, seconds * 1e3));
        System.out.printf("network\t%f%nok%n", network * 1e3);
    }

    private static Map<String, ImageData> images() {
        byte[] pixels = new byte[WIDTH * HEIGHT * 4];
        new Random(1).nextBytes(pixels);
        ByteBuffer direct = ByteBuffer.allocateDirect(pixels.length);
        direct.put(pixels);
        Map<String, ImageData> images = new LinkedHashMap<>();
        images.put("Bitmap (RGBA in a direct buffer)",
                ImageData.rgba(direct, WIDTH, HEIGHT, WIDTH * 4));
        images.put("RGBA in a byte[]", ImageData.rgba(pixels, WIDTH, HEIGHT, WIDTH * 4));
        byte[] frame = new byte[WIDTH * HEIGHT * 3 / 2];
        System.arraycopy(pixels, 0, frame, 0, frame.length);
        images.put("camera preview (NV21), turned by 90 degrees",
                ImageData.nv21(frame, WIDTH, HEIGHT).rotated(90));
        ByteBuffer[] planes = {part(direct, 0), part(direct, WIDTH * HEIGHT),
                part(direct, WIDTH * HEIGHT * 5 / 4)};
        images.put("camera Image (YUV_420_888), turned by 90 degrees",
                ImageData.yuv420(planes, WIDTH, HEIGHT, new int[] {WIDTH, WIDTH / 2, WIDTH / 2},
                        new int[] {1, 1, 1}).rotated(90));
        return images;
    }

    private static ByteBuffer part(ByteBuffer all, int start) {
        ByteBuffer copy = all.duplicate();
        copy.position(start);
        return copy.slice();
    }
}
