import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.codehaus.mojo.animal_sniffer.Clazz;

/** The public classes of several API levels, with their methods and fields. */
final class Signatures {

    /** What is in none of the files. */
    static final int UNKNOWN = Integer.MAX_VALUE;

    private final TreeMap<Integer, Map<String, Clazz>> levels = new TreeMap<>();

    static Signatures read(Map<Integer, File> files) throws Exception {
        Signatures signatures = new Signatures();
        for (Map.Entry<Integer, File> entry : files.entrySet()) {
            Map<String, Clazz> classes = new HashMap<>();
            try (InputStream raw = new FileInputStream(entry.getValue());
                    ObjectInputStream stream = new ObjectInputStream(new GZIPInputStream(raw))) {
                for (Object next = stream.readObject(); next != null; next = stream.readObject()) {
                    classes.put(((Clazz) next).getName(), (Clazz) next);
                }
            }
            signatures.levels.put(entry.getKey(), classes);
        }
        return signatures;
    }

    /**
     * The lowest level that a class or member may have come with: one more than that of the newest
     * file without it.
     *
     * @param member name and descriptor, or null for the class itself
     */
    int levelOf(String owner, String member) {
        int least = 0;
        for (Map.Entry<Integer, Map<String, Clazz>> entry : levels.entrySet()) {
            if (has(entry.getValue(), owner, member)) {
                return least;
            }
            least = entry.getKey() + 1;
        }
        return UNKNOWN;
    }

    private static boolean has(Map<String, Clazz> classes, String owner, String member) {
        Clazz found = classes.get(owner);
        if (found == null) {
            return false;
        }
        if (member == null || found.getSignatures().contains(member)) {
            return true;
        }
        if (found.getSuperClass() != null && has(classes, found.getSuperClass(), member)) {
            return true;
        }
        for (String parent : found.getSuperInterfaces()) {
            if (has(classes, parent, member)) {
                return true;
            }
        }
        return false;
    }
}
