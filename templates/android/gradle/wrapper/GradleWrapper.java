import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Fetches the Gradle that gradle-wrapper.properties names, unless it is there, and prints its
 * folder.
 *
 * <p>Run by gradlew as one source file, by a JDK 11 or newer. Folders, lock and mark are those of
 * Gradle's own wrapper, so both share what the other has fetched:
 * GRADLE_USER_HOME/wrapper/dists/NAME/HASH, where HASH is the md5 of the address to the base of 36.
 */
public final class GradleWrapper {

    private static final int DEFAULT_TIMEOUT = 10000;

    private final Path project;
    private final Path userHome;
    private final Properties properties = new Properties();

    private GradleWrapper(Path project, Path userHome) throws IOException {
        this.project = project;
        this.userHome = userHome;
        try (InputStream input = Files.newInputStream(propertiesFile())) {
            properties.load(input);
        }
    }

    /**
     * Prints the folder of the distribution.
     *
     * @param arguments the folder of the project, then the arguments of Gradle
     */
    public static void main(String[] arguments) {
        try {
            Path project = Path.of(arguments[0]).toAbsolutePath().normalize();
            Path userHome = userHome(arguments).toAbsolutePath().normalize();
            readSystemProperties(project);
            readSystemProperties(userHome);
            System.out.println(named(new GradleWrapper(project, userHome).distribution()));
        } catch (IOException | URISyntaxException | IllegalArgumentException error) {
            String message = error.getMessage();
            System.err.println("gradlew: " + (message == null ? error : message));
            System.exit(1);
        }
    }

    private static Path userHome(String[] arguments) {
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            boolean named = argument.equals("-g") || argument.equals("--gradle-user-home");
            if (named && i + 1 < arguments.length) {
                return Path.of(arguments[i + 1]);
            }
            if (argument.startsWith("--gradle-user-home=")
                    || argument.startsWith("-Dgradle.user.home=")) {
                return Path.of(argument.substring(argument.indexOf('=') + 1));
            }
        }
        String property = System.getProperty("gradle.user.home");
        if (property != null) {
            return Path.of(property);
        }
        String variable = System.getenv("GRADLE_USER_HOME");
        if (variable != null && !variable.isEmpty()) {
            return Path.of(variable);
        }
        return Path.of(System.getProperty("user.home"), ".gradle");
    }

    /** Takes over what begins with systemProp, for example the address of a proxy. */
    private static void readSystemProperties(Path folder) throws IOException {
        Path file = folder.resolve("gradle.properties");
        if (!Files.isRegularFile(file)) {
            return;
        }
        Properties found = new Properties();
        try (InputStream input = Files.newInputStream(file)) {
            found.load(input);
        }
        for (String name : found.stringPropertyNames()) {
            if (name.startsWith("systemProp.")) {
                System.setProperty(
                        name.substring("systemProp.".length()), found.getProperty(name));
            }
        }
    }

    /**
     * A path that begins with the name of an environment variable where it can: Java and the
     * command line of Windows do not write letters outside of ASCII in the same way.
     */
    private static String named(Path path) {
        for (String name : System.getProperty("gradlew.variables", "").split(",")) {
            String value = name.isEmpty() ? null : System.getenv(name);
            if (value != null && !value.isEmpty()) {
                Path folder = Path.of(value).toAbsolutePath().normalize();
                if (path.startsWith(folder)) {
                    return "%" + name + "%" + File.separator + folder.relativize(path);
                }
            }
        }
        return path.toString();
    }

    private Path propertiesFile() {
        return project.resolve("gradle").resolve("wrapper").resolve("gradle-wrapper.properties");
    }

    private Path distribution() throws IOException, URISyntaxException {
        URI address = address();
        String file = address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
        String name = file.endsWith(".zip") ? file.substring(0, file.length() - 4) : file;
        String hash = hash(address.toString());
        Path folder = place("distribution").resolve(name).resolve(hash);
        Path zip = place("zipStore").resolve(name).resolve(hash).resolve(file);
        Path mark = folder.resolve(file + ".ok");
        if (!Files.isRegularFile(mark)) {
            Files.createDirectories(folder);
            Files.createDirectories(zip.getParent());
            File lock = zip.resolveSibling(file + ".lck").toFile();
            try (RandomAccessFile access = new RandomAccessFile(lock, "rw");
                    FileLock held = access.getChannel().lock()) {
                if (held.isValid() && !Files.isRegularFile(mark)) {
                    install(address, zip, folder);
                    Files.createFile(mark);
                }
            }
        }
        return onlyFolder(folder);
    }

    private URI address() throws IOException, URISyntaxException {
        String text = properties.getProperty("distributionUrl");
        if (text == null) {
            throw new IOException(propertiesFile() + " has no distributionUrl");
        }
        URI address = new URI(text);
        if (address.getScheme() != null) {
            return address;
        }
        return propertiesFile().resolveSibling(address.getSchemeSpecificPart()).toUri();
    }

    /** The folder that two properties name, for example distributionBase and distributionPath. */
    private Path place(String kind) {
        boolean inProject = "PROJECT".equals(properties.getProperty(kind + "Base"));
        String path = properties.getProperty(kind + "Path", "wrapper/dists");
        return (inProject ? project : userHome).resolve(path).toAbsolutePath().normalize();
    }

    private void install(URI address, Path zip, Path folder) throws IOException {
        if (!Files.isRegularFile(zip)) {
            download(address, zip);
        }
        verify(address, zip);
        for (Path leftover : folders(folder)) {
            delete(leftover);
        }
        unpack(zip, folder);
        Path program = onlyFolder(folder).resolve("bin").resolve("gradle");
        if (!program.toFile().setExecutable(true, false)) {
            throw new IOException(address + " holds no bin/gradle");
        }
    }

    private void download(URI address, Path zip) throws IOException {
        System.err.println("Downloading " + address);
        int timeout = DEFAULT_TIMEOUT;
        String named = properties.getProperty("networkTimeout");
        if (named != null) {
            timeout = Integer.parseInt(named.trim());
        }
        Path partial = zip.resolveSibling(zip.getFileName() + ".part");
        URLConnection connection = address.toURL().openConnection();
        connection.setConnectTimeout(timeout);
        connection.setReadTimeout(timeout);
        try (InputStream input = connection.getInputStream()) {
            Files.copy(input, partial, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException error) {
            throw new IOException("cannot download " + address + ": " + error, error);
        }
        Files.move(partial, zip, StandardCopyOption.REPLACE_EXISTING);
    }

    private void verify(URI address, Path zip) throws IOException {
        String expected = properties.getProperty("distributionSha256Sum");
        if (expected == null) {
            return;
        }
        MessageDigest digest = digest("SHA-256");
        try (InputStream input = Files.newInputStream(zip)) {
            byte[] block = new byte[1 << 16];
            for (int count = input.read(block); count >= 0; count = input.read(block)) {
                digest.update(block, 0, count);
            }
        }
        String found = String.format("%064x", new BigInteger(1, digest.digest()));
        if (!found.equalsIgnoreCase(expected.trim())) {
            // The next try fetches it anew.
            Files.delete(zip);
            throw new IOException(address + " has sha256 " + found + ", expected " + expected);
        }
    }

    private static void unpack(Path zip, Path folder) throws IOException {
        try (ZipInputStream input = new ZipInputStream(Files.newInputStream(zip))) {
            while (true) {
                ZipEntry entry = input.getNextEntry();
                if (entry == null) {
                    return;
                }
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException(zip + " would write to " + target);
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(input, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static Path onlyFolder(Path folder) throws IOException {
        List<Path> found = folders(folder);
        if (found.size() != 1) {
            throw new IOException(folder + " must hold one folder, but has " + found.size()
                    + "; delete it and try again");
        }
        return found.get(0);
    }

    private static List<Path> folders(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
                    throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, IOException error)
                    throws IOException {
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String hash(String text) {
        byte[] bytes = digest("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        return new BigInteger(1, bytes).toString(36);
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
