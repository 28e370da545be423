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
 * Calls the natives of a generated ImageRecognition class from a real Java VM.
 *
 * <p>Arguments: CLASS OPENER FOLDER THREADS SAMPLES DIM… OPENER is a native library that opens the
 * library under test; the class itself loads it by a name from the current folder.
 * Sample s has its input in the file in.s.0 of the current folder, raw little-endian floats; the
 * output goes to out.s.0, and facts to report.txt, "name value" on each line.
 */
public final class Driver {
    private static final int FAILURE = 5;

    private final Class<?> natives;
    private final PrintStream report;

    private Driver(Class<?> natives, PrintStream report) {
        this.natives = natives;
        this.report = report;
    }

    public static void main(String[] arguments) throws Exception {
        try (PrintStream report = new PrintStream("report.txt", "UTF-8")) {
            // Makes the VM load its own libnio.so and libnet.so first; the linker would take a
            // library under test that has one of these names for the VM's.
            read(Paths.get("in.0.0"));
            System.load(arguments[1]);
            Driver driver = new Driver(Class.forName(arguments[0]), report);
            driver.load(arguments[2], Integer.parseInt(arguments[3]));
            int[] dims = new int[arguments.length - 5];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = Integer.parseInt(arguments[5 + i]);
            }
            for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
                driver.predict(i, dims);
            }
            driver.call("clear", new Class<?>[0]);
        } catch (Failure | UnsatisfiedLinkError error) {
            System.err.println("driver: " + error.getMessage());
            System.exit(FAILURE);
        }
    }

    private void load(String folder, int threads) throws Exception {
        long started = System.nanoTime();
        call("setThread", new Class<?>[] {int.class}, threads);
        Object loaded = call("load", new Class<?>[] {String.class}, folder);
        if (!Boolean.TRUE.equals(loaded)) {
            throw new Failure("load returned false");
        }
        seconds("load_seconds", started);
    }

    private void predict(int sample, int[] dims) throws Exception {
        float[] input = read(Paths.get("in." + sample + ".0"));
        float[] given = input.clone();
        long started = System.nanoTime();
        Class<?>[] types = {float[].class, int[].class};
        Object result = call("predictImage", types, given, dims);
        seconds("predict_seconds", started);
        if (result == null) {
            throw new Failure("predictImage returned null");
        }
        if (!Arrays.equals(input, given)) {
            throw new Failure("predictImage changed its input array");
        }
        write(Paths.get("out." + sample + ".0"), (float[]) result);
    }

    private Object call(String name, Class<?>[] types, Object... values) throws Exception {
        Method method = natives.getDeclaredMethod(name, types);
        method.setAccessible(true);
        try {
            return method.invoke(null, values);
        } catch (InvocationTargetException error) {
            throw new Failure(name + " threw " + error.getCause());
        }
    }

    private void seconds(String name, long started) {
        report.println(name + " " + (System.nanoTime() - started) * 1e-9);
    }

    private static float[] read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static void write(Path path, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        Files.write(path, bytes.array());
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message);
        }
    }
}
