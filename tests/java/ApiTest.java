package com.example.vision;

import static com.example.vision.Checks.compare;
import static com.example.vision.Checks.expect;
import static com.example.vision.Checks.read;
import static com.example.vision.Checks.require;

import com.example.vision.Checks.Call;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Uses Model and ImageClassifier rightly and wrongly.
 *
 * <p>Arguments: what to do, the model's folder, a folder with in.I and out.I as big-endian floats.
 */
public final class ApiTest {

    private static File folder;
    private static File data;
    private static float[][] inputs;
    private static float[][] expected;

    public static void main(String[] args) throws Exception {
        String opener = System.getProperty("mobilegen.opener");
        if (opener != null) {
            System.load(opener);
        }
        folder = new File(args[1]);
        data = new File(args[2]);
        if (!args[0].startsWith("typed")) {
            inputs = readAll("in", Model.inputNames().length);
            expected = readAll("out", Model.outputNames().length);
        }
        for (String task : args[0].split(",")) {
            if (task.equals("tensors")) {
                checkTensors();
            } else if (task.equals("typed")) {
                checkTyped();
            } else if (task.equals("opening")) {
                checkOpening();
            } else if (task.equals("classes")) {
                checkClassifier();
                checkLabels();
            } else if (task.equals("wrong")) {
                callEverythingWrongly();
            } else if (task.equals("cycles")) {
                checkCycles(Integer.parseInt(args[3]));
            } else if (task.equals("embedded")) {
                checkEmbedded();
            } else {
                throw new IllegalArgumentException(task);
            }
        }
        System.out.println("ok");
    }

    private static void checkTensors() throws IOException {
        Model model = Model.open(folder);
        compareAll(model.predict(inputs));
        require(model.predictSeconds() > 0, "predictSeconds");
        Map<String, float[]> named = new HashMap<String, float[]>();
        for (int i = 0; i < inputs.length; i++) {
            named.put(Model.inputNames()[i], inputs[i]);
            require(product(Model.inputShape(i)) == inputs[i].length, "inputShape");
        }
        Map<String, float[]> outputs = model.predict(named);
        for (int i = 0; i < expected.length; i++) {
            compare(outputs.get(Model.outputNames()[i]), expected[i]);
        }
        model.setThreads(2);
        compareAll(model.predict(inputs));
        checkBuffers(model);
        checkWrongTensors(model, named);
        Model other = Model.open(folder);
        model.close();
        model.close();
        compareAll(other.predict(inputs));
        other.close();
        checkClosed(model);
    }

    /** Arrays and direct buffers, in any mixture, give the same. */
    private static void checkBuffers(final Model model) {
        Object[] given = Arrays.copyOf(inputs, inputs.length, Object[].class);
        Object[] made = new Object[expected.length];
        for (int turn = 0; turn < 4; turn++) {
            for (int i = 0; i < given.length; i++) {
                require(Model.inputType(i) == Model.Type.FLOAT32, "inputType");
                if (turn % 2 == 1) {
                    ByteBuffer buffer = Model.newInputBuffer(i);
                    buffer.asFloatBuffer().put(inputs[i]);
                    buffer.position(3);
                    given[i] = buffer;
                }
            }
            for (int i = 0; i < made.length; i++) {
                made[i] = turn / 2 == 1 ? Model.newOutputBuffer(i) : Model.newOutput(i);
            }
            model.predict(given, made);
            for (int i = 0; i < made.length; i++) {
                compare(floats(made[i]), expected[i]);
            }
        }
        checkWrongBuffers(model);
    }

    private static float[] floats(Object array) {
        if (array instanceof float[]) {
            return (float[]) array;
        }
        ByteBuffer buffer = (ByteBuffer) array;
        float[] values = new float[buffer.capacity() / 4];
        buffer.duplicate().order(buffer.order()).asFloatBuffer().get(values);
        return values;
    }

    private static void checkWrongBuffers(final Model model) {
        int size = Model.newInputBuffer(0).capacity();
        ByteBuffer longer = ByteBuffer.allocateDirect(size + 8).order(ByteOrder.nativeOrder());
        longer.position(1);
        ByteBuffer odd = longer.slice().order(ByteOrder.nativeOrder());
        odd.limit(size);
        refuse(model, "native order", Model.newInputBuffer(0).order(ByteOrder.BIG_ENDIAN), null);
        refuse(model, "direct ByteBuffer of " + size, longer, null);
        refuse(model, "direct ByteBuffer of " + size, odd.slice().order(odd.order()), null);
        refuse(model, "direct ByteBuffer of " + size,
                ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()), null);
        refuse(model, "must be a float[]", new double[inputs[0].length], null);
        refuse(model, "must be a float[]", "text", null);
        refuse(model, "is null", null, null);
        refuse(model, "read-only", inputs[0],
                Model.newOutputBuffer(0).asReadOnlyBuffer().order(ByteOrder.nativeOrder()));
        refuse(model, "must be a float[]", inputs[0], new long[expected[0].length]);
        refuse(model, "values instead of", inputs[0], new float[expected[0].length + 1]);
    }

    private static void refuse(final Model model, String message, Object input, Object output) {
        final Object[] given = Arrays.copyOf(inputs, inputs.length, Object[].class);
        given[0] = input;
        final Object[] made = new Object[expected.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = Model.newOutput(i);
        }
        if (output != null) {
            made[0] = output;
        }
        String expected = message.equals("native order") ? "nativeOrder" : message;
        expect(IllegalArgumentException.class, expected, new Call() {
            public void run() {
                model.predict(given, made);
            }
        });
    }

    /**
     * A model with an int64 and other inputs; out.I are what it gives for in.I, as raw elements in
     * big-endian order. All but floats have to be the same.
     */
    private static void checkTyped() throws IOException {
        final Model model = Model.open(folder);
        final Object[] given = new Object[Model.inputNames().length];
        Object[] made = new Object[Model.outputNames().length];
        for (int i = 0; i < given.length; i++) {
            given[i] = raw(new File(data, "in." + i), Model.newInput(i));
        }
        for (int i = 0; i < made.length; i++) {
            made[i] = Model.newOutput(i);
        }
        model.predict(given, made);
        for (int i = 0; i < made.length; i++) {
            Object right = raw(new File(data, "out." + i), Model.newOutput(i));
            if (right instanceof float[]) {
                compare((float[]) made[i], (float[]) right);
            } else {
                require(Arrays.deepEquals(new Object[] {right}, new Object[] {made[i]}), "out." + i);
            }
        }
        final Object[] outputs = made;
        given[0] = ((long[]) given[0]).clone();
        ((long[]) given[0])[1] = (1 << 24) + 1;
        expect(IllegalArgumentException.class, "value 1 cannot be a float32", new Call() {
            public void run() {
                model.predict(given, outputs);
            }
        });
        expect(IllegalArgumentException.class, "use newOutput", new Call() {
            public void run() {
                model.predict(new float[1]);
            }
        });
        require(ImageRecognition.load(folder.getPath()), "load");
        expect(IllegalStateException.class, "predictImage is for models", new Call() {
            public void run() {
                ImageRecognition.predictImage(new float[1], Model.inputShape(0));
            }
        });
        ImageRecognition.clear();
        model.close();
    }

    private static Object raw(File file, Object array) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file.toPath()));
        if (array instanceof long[]) {
            bytes.asLongBuffer().get((long[]) array);
        } else if (array instanceof float[]) {
            bytes.asFloatBuffer().get((float[]) array);
        } else if (array instanceof short[]) {
            bytes.asShortBuffer().get((short[]) array);
        } else if (array instanceof byte[]) {
            bytes.get((byte[]) array);
        } else {
            for (int i = 0; i < ((boolean[]) array).length; i++) {
                ((boolean[]) array)[i] = bytes.get() != 0;
            }
        }
        return array;
    }

    private static void checkWrongTensors(final Model model, Map<String, float[]> named) {
        final float[][] shorter = inputs.clone();
        shorter[0] = Arrays.copyOf(inputs[0], inputs[0].length - 1);
        expect(IllegalArgumentException.class, "values instead of", new Call() {
            public void run() {
                model.predict(shorter);
            }
        });
        final float[][] absent = inputs.clone();
        absent[0] = null;
        expect(IllegalArgumentException.class, "is null", new Call() {
            public void run() {
                model.predict(absent);
            }
        });
        expect(IllegalArgumentException.class, "inputs", new Call() {
            public void run() {
                model.predict(new float[0][]);
            }
        });
        final Map<String, float[]> more = new HashMap<String, float[]>(named);
        more.put("another", new float[1]);
        expect(IllegalArgumentException.class, "does not have", new Call() {
            public void run() {
                model.predict(more);
            }
        });
        expect(IllegalArgumentException.class, "is missing", new Call() {
            public void run() {
                model.predict(new HashMap<String, float[]>());
            }
        });
        expect(IllegalArgumentException.class, "threads", new Call() {
            public void run() {
                model.setThreads(65);
            }
        });
        expect(IllegalArgumentException.class, "tensor", new Call() {
            public void run() {
                Model.outputShape(99);
            }
        });
    }

    private static void checkClosed(final Model model) {
        expect(IllegalStateException.class, "closed", new Call() {
            public void run() {
                model.predict(inputs);
            }
        });
        expect(IllegalStateException.class, "closed", new Call() {
            public void run() {
                model.setThreads(1);
            }
        });
        expect(IllegalStateException.class, "closed", new Call() {
            public void run() {
                model.predictSeconds();
            }
        });
    }

    private static void checkOpening() throws Exception {
        final File params = new File(folder, "model.param");
        final File weights = new File(folder, "model.bin");
        final ByteBuffer paramsMemory = ByteBuffer.wrap(Files.readAllBytes(params.toPath()));
        final ByteBuffer weightsMemory = map(weights);
        use(Model.open(params, weights));
        use(Model.open(paramsMemory, weightsMemory));
        Path strange = Files.createTempDirectory(data.toPath(), "\u00e4 \ud83d\ude00");
        Files.copy(params.toPath(), strange.resolve("model.param"));
        Files.copy(weights.toPath(), strange.resolve("model.bin"));
        use(Model.open(strange.toFile()));
        final ByteBuffer damaged = ByteBuffer.allocateDirect(weightsMemory.capacity());
        damaged.put(weightsMemory.duplicate());
        damaged.put(damaged.capacity() / 2, (byte) (damaged.get(damaged.capacity() / 2) ^ 1));
        damaged.flip();
        expect(IOException.class, "damaged", new Call() {
            public void run() throws IOException {
                Model.open(paramsMemory, damaged);
            }
        });
        expect(IOException.class, "damaged", new Call() {
            public void run() throws IOException {
                Model.open(weights, params);
            }
        });
        expect(IOException.class, "cannot open", new Call() {
            public void run() throws IOException {
                Model.open(new File("/nowhere/\ud83d\ude00"));
            }
        });
        expect(IllegalArgumentException.class, "null character", new Call() {
            public void run() throws IOException {
                Model.open(new File("a\0b"), weights);
            }
        });
        expect(IllegalArgumentException.class, "must not be null", new Call() {
            public void run() throws IOException {
                Model.open((File) null);
            }
        });
        expect(IllegalArgumentException.class, "empty", new Call() {
            public void run() throws IOException {
                Model.open(ByteBuffer.allocate(0), weightsMemory);
            }
        });
        expect(IllegalArgumentException.class, "not compiled into", new Call() {
            public void run() throws IOException {
                Model.openEmbedded();
            }
        });
        require(Arrays.equals(Model.fileNames(), new String[] {"model.param", "model.bin"}), "names");
        for (final File[] wrong : new File[][] {{}, {params}, {params, weights, weights}}) {
            expect(IllegalArgumentException.class, "the model has 2 files", new Call() {
                public void run() throws IOException {
                    Model.open(wrong);
                }
            });
        }
        expect(IllegalArgumentException.class, "must not be null", new Call() {
            public void run() throws IOException {
                Model.open(params, null);
            }
        });
        expect(IllegalArgumentException.class, "must not be null", new Call() {
            public void run() throws IOException {
                Model.open(paramsMemory, null);
            }
        });
        checkParts(params, weights);
    }

    /** Both files inside of one, as in an APK. */
    private static void checkParts(File params, File weights) throws Exception {
        File pack = new File(data, "package");
        byte[] first = Files.readAllBytes(params.toPath());
        final long start = (first.length + 4L) / 4 * 4;
        try (RandomAccessFile file = new RandomAccessFile(pack, "rw")) {
            file.write(first);
            file.seek(start);
            file.write(Files.readAllBytes(weights.toPath()));
        }
        try (FileInputStream stream = new FileInputStream(pack)) {
            final int descriptor = number(stream);
            use(parts(descriptor, 0, first.length, descriptor, start, -1));
            final int length = first.length;
            expect(IllegalArgumentException.class, "are not inside of", new Call() {
                public void run() throws IOException {
                    parts(descriptor, 0, length, descriptor, start, Long.MAX_VALUE);
                }
            });
            expect(IOException.class, "damaged", new Call() {
                public void run() throws IOException {
                    parts(descriptor, 0, length, descriptor, start - 4, -1);
                }
            });
        }
        expect(IOException.class, "cannot read", new Call() {
            public void run() throws IOException {
                parts(-1, 0, -1, -1, 0, -1);
            }
        });
    }

    private static Model parts(int params, long paramsOffset, long paramsLength,
            int weights, long weightsOffset, long weightsLength) throws IOException {
        return Model.open(new int[] {params, weights}, new long[] {paramsOffset, weightsOffset},
                new long[] {paramsLength, weightsLength});
    }

    /** The number of an open file's descriptor: a link in /proc leads to the file. */
    private static int number(FileInputStream stream) throws Exception {
        File[] links = new File("/proc/self/fd").listFiles();
        for (File link : links) {
            try {
                if (link.getCanonicalPath().endsWith("/package")) {
                    return Integer.parseInt(link.getName());
                }
            } catch (IOException gone) {
                continue;
            }
        }
        throw new AssertionError("no descriptor");
    }

    private static void checkClassifier() throws IOException {
        final int side = 37;
        final byte[] pixels = new byte[side * side * 4];
        new Random(5).nextBytes(pixels);
        final ImageData image = ImageData.rgba(pixels, side, side, side * 4);
        final ImageClassifier classifier = ImageClassifier.open(folder);
        float[] input = Model.preprocess(image);
        float[] scores = classifier.model().predict(input)[0];
        List<ImageClassifier.Result> results = classifier.classify(image, 3);
        require(results.size() == 3, "three results");
        int best = 0;
        for (int i = 0; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        require(results.get(0).index() == best, "best class");
        require(results.get(0).label().equals("label " + best + " \u00e4\ud83d\ude00"), "label");
        require(results.get(0).probability() >= results.get(1).probability(), "order");
        require(classifier.classify(image, 1 << 30).size() == scores.length, "all classes");
        require(classifier.seconds() > 0, "seconds");
        ByteBuffer direct = ByteBuffer.allocateDirect(pixels.length);
        direct.put(pixels);
        ImageData same = ImageData.rgba(direct, side, side, side * 4);
        require(Arrays.equals(Model.preprocess(same), input), "direct buffer");
        ImageData turned = image.rotated(90).mirrored();
        require(!Arrays.equals(Model.preprocess(turned), input), "rotation");
        checkYuv(classifier);
        wrongImage(classifier, ImageData.rgba(pixels, side, side + 1, side * 4), "bytes instead");
        wrongImage(classifier, ImageData.rgba(pixels, -1, side, side * 4), "pixels");
        wrongImage(classifier, ImageData.rgba(pixels, side, 0, side * 4), "pixels");
        wrongImage(classifier, ImageData.rgba(pixels, side, side, -4), "stride");
        wrongImage(classifier, ImageData.rgba((byte[]) null, side, side, side * 4), "byte[]");
        wrongImage(classifier, ImageData.rgba(ByteBuffer.allocate(9999), 9, 9, 36), "direct");
        wrongImage(classifier, ImageData.nv21(new byte[10], 4, 4), "bytes instead of");
        wrongImage(classifier, image.rotated(45), "45 degrees");
        wrongImage(classifier, null, "null");
        classifier.close();
        expect(IllegalStateException.class, "closed", new Call() {
            public void run() {
                classifier.classify(image, 1);
            }
        });
    }

    private static void checkYuv(ImageClassifier classifier) throws IOException {
        int width = 32;
        int height = 24;
        byte[] frame = new byte[width * height * 3 / 2];
        new Random(6).nextBytes(frame);
        ImageData image = ImageData.nv21(frame, width, height);
        ByteBuffer all = ByteBuffer.allocateDirect(frame.length);
        all.put(frame);
        ByteBuffer[] planes = {part(all, 0), part(all, width * height + 1), part(all, width * height)};
        ImageData same = ImageData.yuv420(planes, width, height, new int[] {width, width, width},
                new int[] {1, 2, 2});
        float[] input = Model.preprocess(image);
        require(Arrays.equals(Model.preprocess(same), input), "planes");
        int[] dims = Model.inputShape(0);
        require(ImageRecognition.load(folder.getPath()), "load");
        float[] right = classifier.model().predict(input)[0];
        compare(ImageRecognition.predictYuv(frame, width, height, dims, null), right);
        float[] means = {127, 127, 127, 1 / 128f};
        compare(ImageRecognition.predictYuv(frame, width, height, dims, means), right);
        means[0] = 0;
        float[] other = ImageRecognition.predictYuv(frame, width, height, dims, means);
        require(!Arrays.equals(other, right), "other means");
        ImageRecognition.clear();
    }

    private static ByteBuffer part(ByteBuffer all, int start) {
        ByteBuffer copy = all.duplicate();
        copy.limit(all.capacity());
        copy.position(start);
        return copy.slice();
    }

    private static void wrongImage(
            final ImageClassifier classifier, final ImageData image, String message) {
        expect(IllegalArgumentException.class, message, new Call() {
            public void run() {
                classifier.classify(image, 1);
            }
        });
    }

    private static void checkLabels() throws IOException {
        final Model model = Model.open(folder);
        final byte[] right = Files.readAllBytes(new File(folder, "labels.txt").toPath());
        require(model.label(0).startsWith("label 0 "), "first label");
        require(model.label(-1) == null && model.label(1 << 20) == null, "no such label");
        expect(IllegalArgumentException.class, "already", new Call() {
            public void run() {
                model.setLabels(right);
            }
        });
        model.close();
        expect(IllegalStateException.class, "closed", new Call() {
            public void run() {
                model.label(0);
            }
        });
        final Model plain = Model.open(new File(folder, "model.param"), new File(folder, "model.bin"));
        require(plain.label(0) == null, "no labels");
        for (final byte[] wrong : new byte[][] {null, {}, {'a', '\n', 'b'}, {0}}) {
            expect(IllegalArgumentException.class, "label", new Call() {
                public void run() {
                    plain.setLabels(wrong);
                }
            });
        }
        require(plain.label(0) == null, "still no labels");
        plain.close();
    }

    private static void checkEmbedded() throws IOException {
        ImageClassifier classifier = ImageClassifier.openEmbedded();
        require(classifier.model().label(1).equals("label 1 \u00e4\ud83d\ude00"), "label inside");
        classifier.close();
        use(Model.openEmbedded());
        require(ImageRecognition.load(null), "load(null)");
        ImageRecognition.clear();
    }

    /** Every native with every combination of strange values, by reflection. */
    private static void callEverythingWrongly() throws Exception {
        int calls = 0;
        int exceptions = 0;
        Model model = Model.open(folder);
        for (Class<?> type : new Class<?>[] {Model.class, ImageRecognition.class}) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isNative(method.getModifiers())) {
                    method.setAccessible(true);
                    checkReceiver(method);
                    Object[][] values = values(method.getParameterTypes());
                    int combinations = combinations(values);
                    for (int i = 0; i < Math.min(combinations, 3000); i++) {
                        int pick = combinations <= 3000 ? i : new Random(i).nextInt(combinations);
                        calls++;
                        exceptions += call(model, method, arguments(values, pick)) ? 1 : 0;
                    }
                }
            }
        }
        model.close();
        ImageRecognition.setThread(1);
        ImageRecognition.clear();
        System.out.println(calls + " calls, " + exceptions + " exceptions");
        require(calls > 4000 && exceptions > calls / 2, "calls");
    }

    /** What takes a handle keeps its model, and the buffers of that, until it returns. */
    private static void checkReceiver(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean handle = types.length > 0 && types[0] == long.class;
        require(handle != Modifier.isStatic(method.getModifiers()), method.toString());
    }

    private static boolean call(Model model, Method method, Object[] arguments) throws Exception {
        try {
            Object result = method.invoke(model, arguments);
            if (method.getName().startsWith("open")) {
                Method close = Model.class.getDeclaredMethod("close0", long.class);
                close.setAccessible(true);
                close.invoke(model, result);
            }
            return false;
        } catch (InvocationTargetException error) {
            Throwable cause = error.getCause();
            boolean known = cause instanceof IllegalArgumentException
                    || cause instanceof IllegalStateException || cause instanceof IOException;
            require(known, method + " threw " + cause);
            require(cause.getMessage().length() > 5, method + ": " + cause.getMessage());
            return true;
        }
    }

    private static Object[][] values(Class<?>[] types) {
        Object[][] values = new Object[types.length][];
        for (int i = 0; i < types.length; i++) {
            values[i] = values(types[i]);
        }
        return values;
    }

    private static Object[] values(Class<?> type) {
        if (type == int.class) {
            return new Object[] {0, 1, -1, 3, 65, Integer.MAX_VALUE, Integer.MIN_VALUE};
        }
        if (type == long.class) {
            return new Object[] {0L, 1L, -1L, 1L << 32, (1L << 32) + 1, (2L << 32) + 9,
                Long.MAX_VALUE, Long.MIN_VALUE};
        }
        if (type == boolean.class) {
            return new Object[] {false, true};
        }
        if (type == String.class) {
            return new Object[] {null, "", "/", "/nowhere", "\0", "\ud83d", folder.getPath(),
                new String(new char[9000])};
        }
        if (type == int[].class) {
            return new Object[] {null, new int[0], new int[11], new int[1000], Model.inputShape(0),
                new int[] {-1, -1}, new int[] {0, 1 << 20},
                new int[] {1, 4, 4, 0, 0, 16, 4, 0, 0, 0, 0},
                new int[] {2, 4, 4, 90, 1, 4, 1, 2, 1, 2, 1},
                new int[] {3, 4, 4, 270, 1, 4, 1, 2, 1, 2, 1},
                new int[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}};
        }
        if (type == float[].class) {
            return new Object[] {null, new float[0], new float[1], new float[4],
                new float[] {1, 1, 1, Float.NaN}, new float[100000], inputs[0]};
        }
        if (type == String[].class) {
            return new Object[] {null, new String[0], new String[2], new String[] {"", "/nowhere"},
                new String[] {"\0", "x"}, new String[] {folder.getPath(), folder.getPath()},
                new String[9]};
        }
        if (type == long[].class) {
            return new Object[] {null, new long[0], new long[2], new long[] {-1, Long.MAX_VALUE},
                new long[100]};
        }
        if (type == ByteBuffer[].class) {
            return new Object[] {null, new ByteBuffer[0], new ByteBuffer[2],
                new ByteBuffer[] {ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9)},
                new ByteBuffer[] {ByteBuffer.allocateDirect(0), ByteBuffer.allocateDirect(0)},
                new ByteBuffer[] {ByteBuffer.allocateDirect(99), ByteBuffer.allocateDirect(9)}};
        }
        if (type == byte[].class) {
            return new Object[] {null, new byte[0], new byte[1], new byte[6], new byte[10000]};
        }
        if (type == ByteBuffer.class) {
            return new Object[] {null, ByteBuffer.allocate(9), ByteBuffer.allocateDirect(0),
                ByteBuffer.allocateDirect(99)};
        }
        if (type == Object[].class) {
            return new Object[] {null, new Object[0], new Object[1], new Object[3], inputs,
                new Object[] {ByteBuffer.allocateDirect(4 * inputs[0].length)},
                new Object[] {inputs[0].clone()}, new Object[] {expected[0].clone()},
                new Object[] {new long[inputs[0].length]}, new Object[] {new Object[1]},
                new Object[] {"x"}, new Object[] {new byte[64]}, new Object[] {new float[64]},
                new Object[] {ByteBuffer.allocate(64)}, new Object[] {ByteBuffer.allocateDirect(64)},
                new Object[] {new byte[64], new byte[64], new byte[64]}, new Object[100]};
        }
        throw new AssertionError(type.toString());
    }

    private static int combinations(Object[][] values) {
        long count = 1;
        for (Object[] some : values) {
            count *= some.length;
        }
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    private static Object[] arguments(Object[][] values, int number) {
        Object[] arguments = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            arguments[i] = values[i][number % values[i].length];
            number /= values[i].length;
        }
        return arguments;
    }

    /** Opens, predicts and closes often, then from eight threads; memory must not grow. */
    private static void checkCycles(int cycles) throws Exception {
        final float[][] first = cycle();
        for (int i = 0; i < cycles / 10; i++) {
            cycle();
        }
        System.gc();
        long before = residentKilobytes();
        for (int i = 0; i < cycles; i++) {
            require(Arrays.deepEquals(first, cycle()), "the same numbers");
        }
        System.gc();
        long grown = residentKilobytes() - before;
        System.out.println(cycles + " cycles, grown by " + grown + " KB");
        require(grown < 8192, "grown by " + grown + " KB");
        final Model shared = Model.open(folder);
        final List<String> faults = new ArrayList<String>();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread() {
                @Override
                public void run() {
                    try {
                        for (int k = 0; k < 5; k++) {
                            require(Arrays.deepEquals(first, cycle()), "own model");
                            require(Arrays.deepEquals(first, shared.predict(inputs)), "shared");
                        }
                    } catch (Throwable error) {
                        synchronized (faults) {
                            faults.add(error.toString());
                        }
                    }
                }
            };
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        shared.close();
        require(faults.isEmpty(), faults.toString());
        closeWhileBusy();
        checkForgotten();
    }

    /** A model that nobody has closed is closed when its object is collected. */
    private static void checkForgotten() throws Exception {
        Field handle = Model.class.getDeclaredField("handle");
        handle.setAccessible(true);
        Method label = Model.class.getDeclaredMethod("label0", long.class, int.class);
        label.setAccessible(true);
        long forgotten = handle.getLong(Model.open(folder));
        Model other = Model.open(folder);
        String reason = "";
        for (int i = 0; i < 100 && reason.isEmpty(); i++) {
            System.gc();
            System.runFinalization();
            Thread.sleep(10);
            try {
                label.invoke(other, forgotten, 0);
            } catch (InvocationTargetException error) {
                reason = error.getCause().getMessage();
            }
        }
        require(reason.equals("the model is closed"), "a forgotten model: " + reason);
        other.label(0);
        other.close();
    }

    private static float[][] cycle() throws IOException {
        Model model = Model.open(folder);
        try {
            return model.predict(inputs);
        } finally {
            model.close();
        }
    }

    private static void closeWhileBusy() throws Exception {
        for (int i = 0; i < 20; i++) {
            final Model model = Model.open(folder);
            Thread thread = new Thread() {
                @Override
                public void run() {
                    try {
                        while (true) {
                            model.predict(inputs);
                        }
                    } catch (IllegalStateException closed) {
                        require(closed.getMessage().contains("closed"), closed.toString());
                    }
                }
            };
            thread.start();
            Thread.sleep(3);
            model.close();
            thread.join();
        }
    }

    private static long residentKilobytes() throws IOException {
        for (String line : Files.readAllLines(Paths.get("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("no VmRSS");
    }

    private static void use(Model model) {
        compareAll(model.predict(inputs));
        model.close();
    }

    private static ByteBuffer map(File file) throws IOException {
        try (FileInputStream stream = new FileInputStream(file)) {
            FileChannel channel = stream.getChannel();
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    private static int product(int[] sizes) {
        int product = 1;
        for (int size : sizes) {
            product *= size;
        }
        return product;
    }

    private static void compareAll(float[][] seen) {
        require(seen.length == expected.length, "number of outputs");
        for (int i = 0; i < seen.length; i++) {
            compare(seen[i], expected[i]);
        }
    }

    private static float[][] readAll(String name, int count) throws IOException {
        float[][] arrays = new float[count][];
        for (int i = 0; i < count; i++) {
            arrays[i] = read(new File(data, name + "." + i));
        }
        return arrays;
    }

    private ApiTest() {
    }
}
