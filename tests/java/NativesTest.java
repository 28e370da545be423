package com.example.vision;

import static com.example.vision.Checks.compare;
import static com.example.vision.Checks.expect;
import static com.example.vision.Checks.read;
import static com.example.vision.Checks.require;

import com.example.vision.Checks.Call;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;

/** Uses the natives rightly and wrongly; arguments: model folder, data folder, dims, inputs. */
public final class NativesTest {

    public static void main(String[] args) throws Exception {
        final String folder = args[0];
        final float[] input = read(new File(args[1], "input"));
        final float[] expected = read(new File(args[1], "expected"));
        final int[] dims = dims(args[2]);
        checkUnloaded(input, dims);
        checkLoading(folder, args[1]);
        require(ImageRecognition.load(folder), "load");
        if (Integer.parseInt(args[3]) > 1) {
            expect(IllegalStateException.class, "the model has 2 inputs", new Call() {
                public void run() {
                    ImageRecognition.predictImage(input, dims);
                }
            });
        } else {
            checkPredictions(folder, input, dims, expected);
            checkWrongArguments(input, dims);
        }
        ImageRecognition.clear();
        ImageRecognition.clear();
        checkUnloaded(input, dims);
        System.out.println("ok");
    }

    private static void checkUnloaded(final float[] input, final int[] dims) {
        expect(IllegalStateException.class, "no model is loaded", new Call() {
            public void run() {
                ImageRecognition.predictImage(input, dims);
            }
        });
    }

    private static void checkLoading(String folder, String other) {
        require(!ImageRecognition.load(other), "a folder without a model");
        require(!ImageRecognition.load("/nowhere/\u00e4\ud83d\ude00"), "no folder");
        String params = folder + "/model.param";
        String weights = folder + "/model.bin";
        require(!ImageRecognition.loadCombined(params, weights), "swapped files");
        require(ImageRecognition.loadCombined(weights, params), "loadCombined");
        require(ImageRecognition.loadCombinedQualified(weights, params), "loadCombinedQualified");
        require(ImageRecognition.loadQualified(folder), "loadQualified");
        expect(IllegalArgumentException.class, "null character", new Call() {
            public void run() {
                ImageRecognition.load("a\0b");
            }
        });
        expect(IllegalArgumentException.class, "folder must not be null", new Call() {
            public void run() {
                ImageRecognition.load(null);
            }
        });
        expect(IllegalArgumentException.class, "must not be null", new Call() {
            public void run() {
                ImageRecognition.loadCombined("x", null);
            }
        });
        final char[] letters = new char[5000];
        Arrays.fill(letters, 'x');
        expect(IllegalArgumentException.class, "too long", new Call() {
            public void run() {
                ImageRecognition.load(new String(letters));
            }
        });
    }

    private static void checkPredictions(
            String folder, final float[] input, final int[] dims, final float[] expected)
            throws InterruptedException {
        compare(ImageRecognition.predictImage(input, dims), expected);
        require(!ImageRecognition.load("/nowhere"), "no folder");
        compare(ImageRecognition.predictImage(input, dims), expected);
        Thread[] threads = new Thread[4];
        final boolean[] done = new boolean[threads.length];
        for (int i = 0; i < threads.length; i++) {
            final int number = i;
            threads[i] = new Thread() {
                @Override
                public void run() {
                    ImageRecognition.setThread(1 + number % 2);
                    compare(ImageRecognition.predictImage(input, dims), expected);
                    done[number] = true;
                }
            };
            threads[i].start();
        }
        for (int i = 0; i < threads.length; i++) {
            threads[i].join();
            require(done[i], "thread " + i);
        }
    }

    private static void checkWrongArguments(final float[] input, final int[] dims) {
        String shape = Arrays.toString(dims).replace('[', '{').replace(']', '}');
        final float[] shorter = Arrays.copyOf(input, input.length - 1);
        expectArgument("input has " + shorter.length + " values", shorter, dims);
        expectArgument("must not be null", null, dims);
        expectArgument("must not be null", input, null);
        expectArgument("dims must be " + shape, input, new int[0]);
        expectArgument("dims must be " + shape, input, new int[100]);
        int[] other = dims.clone();
        other[other.length - 1]++;
        expectArgument("dims must be " + shape, input, other);
        for (final int number : new int[] {0, -1, 65}) {
            expect(IllegalArgumentException.class, "threads must be 1 to 64", new Call() {
                public void run() {
                    ImageRecognition.setThread(number);
                }
            });
        }
    }

    private static void expectArgument(String message, final float[] input, final int[] dims) {
        expect(IllegalArgumentException.class, message, new Call() {
            public void run() {
                ImageRecognition.predictImage(input, dims);
            }
        });
    }

    private static int[] dims(String text) {
        String[] words = text.split(",");
        int[] dims = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            dims[i] = Integer.parseInt(words[i]);
        }
        return dims;
    }

    private NativesTest() {
    }
}
