package mobilegen;

import java.nio.channels.ServerSocketChannel;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs test classes and prints one line for each test, and the trace of each that fails. */
public final class RunTests extends RunListener {

    private static final String MARK = "@test ";
    private boolean failed;

    public static void main(String[] names) throws Exception {
        // The JDK loads its libnio.so and libnet.so late, and must not be given ours.
        ServerSocketChannel.open().close();
        String opener = System.getProperty("mobilegen.opener");
        if (opener != null) {
            System.load(opener);
        }
        JUnitCore core = new JUnitCore();
        core.addListener(new RunTests());
        Class<?>[] classes = new Class<?>[names.length];
        for (int i = 0; i < names.length; i++) {
            classes[i] = Class.forName(names[i], false, RunTests.class.getClassLoader());
        }
        core.run(classes);
        // Threads of the app may go on.
        System.exit(0);
    }

    @Override
    public void testStarted(Description test) {
        failed = false;
    }

    @Override
    public void testFailure(Failure failure) {
        failed = true;
        String message = String.valueOf(failure.getException()).replaceAll("\\s+", " ");
        System.out.println(MARK + "fail " + failure.getDescription().getDisplayName() + " " + message);
        System.out.println(failure.getTrace());
    }

    @Override
    public void testIgnored(Description test) {
        System.out.println(MARK + "ignored " + test.getDisplayName());
    }

    @Override
    public void testFinished(Description test) {
        if (!failed) {
            System.out.println(MARK + "pass " + test.getDisplayName());
        }
    }
}
