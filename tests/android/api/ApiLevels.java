import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Finds uses of Android's classes that are not public, or newer than the code there may be sure of.
 *
 * <p>Arguments: the oldest API level, the folder of compiled classes, and signature files of
 * animal-sniffer as LEVEL=FILE. Prints one line for each finding.
 *
 * <p>What code may be sure of: the oldest level everywhere; level N where every way through a method
 * has passed a comparison of Build.VERSION.SDK_INT that says so; level N in classes and methods with
 * the annotation android.annotation.TargetApi(N), which in turn may only be used where level N is
 * sure. An anonymous or local class may be sure of what is sure where it is made.
 */
final class ApiLevels {

    static final String TARGET_API = "Landroid/annotation/TargetApi;";

    final Map<String, ClassNode> classes = new TreeMap<>();
    // Level of an anonymous or local class, learned where it is made.
    final Map<String, Integer> made = new TreeMap<>();
    final List<String> findings = new ArrayList<>();
    final Signatures signatures;
    final int oldest;

    private ApiLevels(int oldest, Signatures signatures) {
        this.oldest = oldest;
        this.signatures = signatures;
    }

    public static void main(String[] arguments) throws Exception {
        Map<Integer, File> files = new TreeMap<>();
        for (String argument : Arrays.asList(arguments).subList(2, arguments.length)) {
            String[] parts = argument.split("=", 2);
            files.put(Integer.parseInt(parts[0]), new File(parts[1]));
        }
        ApiLevels checker =
                new ApiLevels(Integer.parseInt(arguments[0]), Signatures.read(files));
        checker.read(Paths.get(arguments[1]));
        checker.check();
        checker.findings.stream().distinct().forEach(System.out::println);
        System.out.println("checked " + checker.classes.size() + " classes");
    }

    private void read(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> found = Files.walk(folder)) {
            paths = found.filter(path -> path.toString().endsWith(".class"))
                    .collect(Collectors.toList());
        }
        for (Path path : paths) {
            ClassNode node = new ClassNode();
            new ClassReader(Files.readAllBytes(path)).accept(node, 0);
            classes.put(node.name, node);
        }
    }

    /** Checks classes before those that are made in them. */
    private void check() {
        List<ClassNode> waiting = new ArrayList<>(classes.values());
        while (!waiting.isEmpty()) {
            List<ClassNode> now = waiting.stream().filter(this::isReady)
                    .collect(Collectors.toList());
            // A class that nobody makes is sure of nothing.
            List<ClassNode> chosen = now.isEmpty() ? new ArrayList<>(waiting) : now;
            for (ClassNode node : chosen) {
                new ClassCheck(this, node).run();
            }
            waiting.removeAll(chosen);
        }
    }

    private boolean isReady(ClassNode node) {
        return node.outerClass == null || made.containsKey(node.name);
    }

    /** What the code of a class may be sure of. */
    int levelOf(ClassNode node) {
        int level = Math.max(oldest, annotated(node.invisibleAnnotations));
        if (node.outerClass != null) {
            return Math.max(level, made.getOrDefault(node.name, oldest));
        }
        int dollar = node.name.lastIndexOf('$');
        ClassNode outer = dollar < 0 ? null : classes.get(node.name.substring(0, dollar));
        return outer == null ? level : Math.max(level, levelOf(outer));
    }

    int levelOf(ClassNode node, MethodNode method) {
        return Math.max(levelOf(node), annotated(method.invisibleAnnotations));
    }

    private static int annotated(List<AnnotationNode> annotations) {
        if (annotations == null) {
            return 0;
        }
        return annotations.stream().filter(annotation -> annotation.desc.equals(TARGET_API))
                .mapToInt(annotation -> (Integer) annotation.values.get(1)).max().orElse(0);
    }
}
