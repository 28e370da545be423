import com.android.apksig.ApkSigner;
import com.android.apksig.ApkVerifier;
import java.io.File;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Signs and verifies with the library apksig what the program apksigner does, with those of its
 * options that mobilegen uses. Maven Central has the library, and not the program.
 *
 * <p>sign --ks FILE --ks-key-alias ALIAS --ks-pass env:NAME --key-pass env:NAME
 * --min-sdk-version N --out FILE --in FILE
 *
 * <p>verify --min-sdk-version N --in FILE --verbose
 */
final class ApkTool {

    public static void main(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        try {
            if (arguments[0].equals("sign")) {
                sign(options);
            } else {
                verify(options);
            }
        } catch (Exception error) {
            System.err.println(error.getMessage() == null ? error.toString() : error.getMessage());
            System.exit(1);
        }
    }

    private static void sign(Map<String, String> options) throws Exception {
        char[] password = secret(options.get("--ks-pass"));
        KeyStore keys = KeyStore.getInstance(new File(options.get("--ks")), password);
        String alias = options.get("--ks-key-alias");
        Certificate[] chain = keys.getCertificateChain(alias);
        if (!keys.isKeyEntry(alias) || chain == null) {
            throw new IllegalArgumentException("the keystore has no key of that alias");
        }
        PrivateKey key = (PrivateKey) keys.getKey(alias, secret(options.get("--key-pass")));
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : chain) {
            certificates.add((X509Certificate) certificate);
        }
        ApkSigner.SignerConfig signer =
                new ApkSigner.SignerConfig.Builder("CERT", key, certificates).build();
        new ApkSigner.Builder(Collections.singletonList(signer))
                .setInputApk(new File(options.get("--in")))
                .setOutputApk(new File(options.get("--out")))
                .setMinSdkVersion(Integer.parseInt(options.get("--min-sdk-version")))
                .build()
                .sign();
    }

    private static void verify(Map<String, String> options) throws Exception {
        ApkVerifier.Result result =
                new ApkVerifier.Builder(new File(options.get("--in")))
                        .setMinCheckedPlatformVersion(
                                Integer.parseInt(options.get("--min-sdk-version")))
                        .build()
                        .verify();
        for (ApkVerifier.IssueWithParams error : result.getErrors()) {
            System.err.println("ERROR: " + error);
        }
        for (ApkVerifier.Result.V1SchemeSignerInfo signer : result.getV1SchemeSigners()) {
            for (ApkVerifier.IssueWithParams error : signer.getErrors()) {
                System.err.println("ERROR: " + error);
            }
        }
        if (!result.isVerified()) {
            throw new IllegalArgumentException("DOES NOT VERIFY");
        }
        System.out.println("Verified using v1 scheme: " + result.isVerifiedUsingV1Scheme());
        System.out.println("Verified using v2 scheme: " + result.isVerifiedUsingV2Scheme());
        System.out.println("Verified using v3 scheme: " + result.isVerifiedUsingV3Scheme());
    }

    private static char[] secret(String source) {
        String value = System.getenv(source.substring("env:".length()));
        if (value == null) {
            throw new IllegalArgumentException(source + " is not set");
        }
        return value.toCharArray();
    }
}
