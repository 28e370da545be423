import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;

/**
 * Predicts with the class Model that apps get, in whose package it is compiled.
 *
 * <p>Sample s has input i in the file in.s.i of the current folder, raw little-endian elements;
 * output i goes to out.s.i. Every second sample goes in and out through direct buffers, the others
 * through arrays.
 */
public final class Tensors {

    private Tensors() {
    }

    /** An empty folder stands for the model inside of the library. */
    public static void run(String folder, int threads, int samples, PrintStream report)
            throws IOException {
        long started = System.nanoTime();
        try (Model model = folder.isEmpty() ? Model.openEmbedded() : Model.open(new File(folder))) {
            model.setThreads(threads);
            report.println("load_seconds " + (System.nanoTime() - started) * 1e-9);
            for (int sample = 0; sample < samples; sample++) {
                predict(model, sample, report);
            }
        }
    }

    private static void predict(Model model, int sample, PrintStream report) throws IOException {
        boolean buffers = sample % 2 == 1;
        Object[] inputs = new Object[Model.inputNames().length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = buffers ? Model.newInputBuffer(i) : Model.newInput(i);
            byte[] bytes = Files.readAllBytes(path("in", sample, i));
            put(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), inputs[i]);
        }
        Object[] outputs = new Object[Model.outputNames().length];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = buffers ? Model.newOutputBuffer(i) : Model.newOutput(i);
        }
        long started = System.nanoTime();
        model.predict(inputs, outputs);
        report.println("predict_seconds " + (System.nanoTime() - started) * 1e-9);
        for (int i = 0; i < inputs.length; i++) {
            byte[] before = Files.readAllBytes(path("in", sample, i));
            if (!Arrays.equals(before, bytes(inputs[i]))) {
                throw new IllegalStateException("predict changed input " + i);
            }
        }
        for (int i = 0; i < outputs.length; i++) {
            Files.write(path("out", sample, i), bytes(outputs[i]));
        }
    }

    /** Fills an array or a buffer with all that the bytes hold. */
    private static void put(ByteBuffer bytes, Object target) {
        if (target instanceof ByteBuffer) {
            ((ByteBuffer) target).duplicate().put(bytes);
        } else if (target instanceof float[]) {
            bytes.asFloatBuffer().get((float[]) target);
        } else if (target instanceof short[]) {
            bytes.asShortBuffer().get((short[]) target);
        } else if (target instanceof double[]) {
            bytes.asDoubleBuffer().get((double[]) target);
        } else if (target instanceof int[]) {
            bytes.asIntBuffer().get((int[]) target);
        } else if (target instanceof long[]) {
            bytes.asLongBuffer().get((long[]) target);
        } else if (target instanceof byte[]) {
            bytes.get((byte[]) target);
        } else {
            boolean[] truths = (boolean[]) target;
            for (int i = 0; i < truths.length; i++) {
                truths[i] = bytes.get() != 0;
            }
        }
    }

    /** The elements of an array or a buffer, little-endian. */
    private static byte[] bytes(Object source) {
        if (source instanceof ByteBuffer) {
            byte[] bytes = new byte[((ByteBuffer) source).capacity()];
            ((ByteBuffer) source).duplicate().get(bytes);
            return bytes;
        }
        int count = Array.getLength(source);
        ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            putOne(bytes, source, i);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static void putOne(ByteBuffer bytes, Object source, int i) {
        if (source instanceof float[]) {
            bytes.putFloat(((float[]) source)[i]);
        } else if (source instanceof short[]) {
            bytes.putShort(((short[]) source)[i]);
        } else if (source instanceof double[]) {
            bytes.putDouble(((double[]) source)[i]);
        } else if (source instanceof int[]) {
            bytes.putInt(((int[]) source)[i]);
        } else if (source instanceof long[]) {
            bytes.putLong(((long[]) source)[i]);
        } else if (source instanceof byte[]) {
            bytes.put(((byte[]) source)[i]);
        } else {
            bytes.put((byte) (((boolean[]) source)[i] ? 1 : 0));
        }
    }

    private static Path path(String kind, int sample, int index) {
        return Paths.get(kind + "." + sample + "." + index);
    }
}
