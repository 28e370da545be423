import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/**
 * Prepares and classifies images with the classes that apps get, in whose package it is compiled;
 * ImageClassifier, which needs Android's own classes, does no more than name the classes.
 *
 * <p>Sample s has its image in the file image.s of the current folder: width and height, then
 * width * height times red, green and blue. The input that the library makes of it goes to input.s;
 * the best class goes to class.s: its index, then its probability. All numbers have 32 bits,
 * little-endian.
 */
public final class Images {

    private Images() {
    }

    /**
     * @param folder of the model's files; empty: the model is inside of the library
     * @param classify false: only prepare the images
     */
    public static void run(String folder, boolean classify, int[] samples) throws IOException {
        if (!classify) {
            for (int sample : samples) {
                preprocess(sample);
            }
            return;
        }
        try (Model model = folder.isEmpty() ? Model.openEmbedded() : Model.open(new File(folder))) {
            for (int sample : samples) {
                classify(model, preprocess(sample), sample);
            }
        }
    }

    private static ImageData preprocess(int sample) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path("image", sample)));
        file.order(ByteOrder.LITTLE_ENDIAN);
        int width = file.getInt();
        int height = file.getInt();
        byte[] pixels = new byte[file.remaining()];
        file.get(pixels);
        ImageData image = ImageData.rgb(pixels, width, height, 3 * width);
        float[] input = Model.preprocess(image);
        ByteBuffer bytes = numbers(input.length);
        bytes.asFloatBuffer().put(input);
        Files.write(path("input", sample), bytes.array());
        return image;
    }

    private static void classify(Model model, ImageData image, int sample) throws IOException {
        int[] best = new int[1];
        float[] probabilities = model.classify(image, best);
        byte[] bytes = numbers(2).putInt(best[0]).putFloat(probabilities[0]).array();
        Files.write(path("class", sample), bytes);
    }

    private static Path path(String kind, int sample) {
        return Paths.get(kind + "." + sample);
    }

    private static ByteBuffer numbers(int count) {
        return ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    }
}
