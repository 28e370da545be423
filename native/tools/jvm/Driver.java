import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;

/**
 * Calls the natives of the generated classes from a real Java VM.
 *
 * <p>Arguments: PACKAGE OPENER FOLDER THREADS SAMPLES DIMS IMAGES CLASSIFY. OPENER is a native
 * library that opens the library under test; the classes themselves load it by a name from the
 * current folder. An empty FOLDER stands for the model inside of the library. DIMS are the sizes
 * of the input, if ImageRecognition takes it, else "none"; IMAGES are the samples with an image. Both
 * are separated by commas; Tensors.java and Images.java have the rest. Facts go to report.txt, "name
 * value" on each line.
 */
public final class Driver {
    private static final int FAILURE = 5;

    private Driver() {
    }

    public static void main(String[] arguments) throws Exception {
        try (PrintStream report = new PrintStream("report.txt", "UTF-8")) {
            // Makes the VM load its own libnio.so and libnet.so first; the linker would take a
            // library under test that has one of these names for the VM's.
            read(Paths.get("in.0.0"));
            System.load(arguments[1]);
            Class<?> natives = Class.forName(arguments[0] + ".ImageRecognition");
            int threads = Integer.parseInt(arguments[3]);
            int samples = Integer.parseInt(arguments[4]);
            call(Class.forName(arguments[0] + ".Tensors"), "run",
                    new Class<?>[] {String.class, int.class, int.class, PrintStream.class},
                    arguments[2], threads, samples, report);
            if (!arguments[5].equals("none")) {
                recognise(natives, arguments[2], threads, samples, numbers(arguments[5]));
            }
            Class<?>[] types = {String.class, boolean.class, int[].class};
            call(Class.forName(arguments[0] + ".Images"), "run", types, arguments[2],
                    arguments[7].equals("1"), numbers(arguments[6]));
        } catch (Failure | UnsatisfiedLinkError error) {
            System.err.println("driver: " + error.getMessage());
            System.exit(FAILURE);
        }
    }

    /** What Model gave for a sample, ImageRecognition has to give too. */
    private static void recognise(
            Class<?> natives, String folder, int threads, int samples, int[] dims)
            throws Exception {
        call(natives, "setThread", new Class<?>[] {int.class}, threads);
        Object path = folder.isEmpty() ? null : folder;
        Object loaded = call(natives, "load", new Class<?>[] {String.class}, path);
        if (!Boolean.TRUE.equals(loaded)) {
            throw new Failure("load returned false");
        }
        for (int sample = 0; sample < samples; sample++) {
            float[] input = read(Paths.get("in." + sample + ".0"));
            float[] given = input.clone();
            Class<?>[] types = {float[].class, int[].class};
            Object result = call(natives, "predictImage", types, given, dims);
            if (result == null) {
                throw new Failure("predictImage returned null");
            }
            if (!Arrays.equals(input, given)) {
                throw new Failure("predictImage changed its input array");
            }
            if (!Arrays.equals(read(Paths.get("out." + sample + ".0")), (float[]) result)) {
                throw new Failure("predictImage and Model.predict give different numbers");
            }
        }
        call(natives, "clear", new Class<?>[0]);
    }

    private static Object call(Class<?> type, String name, Class<?>[] types, Object... values)
            throws Exception {
        Method method = type.getDeclaredMethod(name, types);
        method.setAccessible(true);
        try {
            return method.invoke(null, values);
        } catch (InvocationTargetException error) {
            throw new Failure(name + " threw " + error.getCause());
        }
    }

    private static int[] numbers(String text) {
        String[] parts = text.isEmpty() ? new String[0] : text.split(",");
        int[] numbers = new int[parts.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers;
    }

    private static float[] read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message);
        }
    }
}
