package com.example.vision;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;

/** What the tests here compare, expect and read. */
final class Checks {

    /** What is expected to fail. */
    interface Call {
        void run() throws Exception;
    }

    static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static void compare(float[] seen, float[] expected) {
        require(seen.length == expected.length, seen.length + " values");
        for (int i = 0; i < seen.length; i++) {
            String both = i + ": " + seen[i] + ", " + expected[i];
            require(Math.abs(seen[i] - expected[i]) < 1e-3f, both);
        }
    }

    static void expect(Class<?> type, String message, Call call) {
        try {
            call.run();
        } catch (Exception error) {
            require(error.getClass() == type, "not " + type + " but " + error);
            require(error.getMessage().contains(message), error.getMessage());
            return;
        }
        throw new AssertionError("no exception: " + message);
    }

    /** Reads big-endian floats to the end of a file. */
    static float[] read(File file) throws IOException {
        float[] values = new float[(int) (file.length() / 4)];
        try (DataInputStream stream = new DataInputStream(
                new BufferedInputStream(new FileInputStream(file)))) {
            for (int i = 0; i < values.length; i++) {
                values[i] = stream.readFloat();
            }
        }
        return values;
    }

    private Checks() {
    }
}
