package io.forgefleet.gateway.signature;

import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HMAC-SHA256 in hexadecimal digits, in one header: GitHub, Gitea, Forgejo. */
final class HexSignature implements SignatureVerifier {

    private static final byte[] NOTHING = {};

    private final List<Keyed> keys;
    private final String prefix;
    private final boolean signsDecodedForm;
    private final List<String> headerNames;

    private record Keyed(WebhookSecret secret, HmacKey key) {}

    /** Takes the names of the headers that may hold the signature; the first of them that is sent is the one that counts. */
    HexSignature(List<WebhookSecret> secrets, String prefix, boolean signsDecodedForm, List<String> headerNames) {
        this.keys = secrets.stream()
                .map(secret -> new Keyed(secret, new HmacKey(secret.value().getBytes(StandardCharsets.UTF_8))))
                .toList();
        this.prefix = prefix;
        this.signsDecodedForm = signsDecodedForm;
        this.headerNames = headerNames;
    }

    @Override
    public List<WebhookSecret> signers(MultiMap headers, ByteBuffer signed) {
        byte[] given = given(headers);
        if (given == null) {
            return List.of();
        }
        return keys.stream()
                .filter(each -> each.key().made(given, NOTHING, signed))
                .map(Keyed::secret)
                .toList();
    }

    private byte @Nullable [] given(MultiMap headers) {
        for (String name : headerNames) {
            String value = headers.get(name);
            if (value != null) {
                return parse(value);
            }
        }
        return null;
    }

    private byte @Nullable [] parse(String value) {
        int digits = value.length() - prefix.length();
        if (digits != 2 * HmacKey.LENGTH || !value.startsWith(prefix)) {
            return null;
        }
        if (!value.chars().skip(prefix.length()).allMatch(HexFormat::isHexDigit)) {
            return null;
        }
        return HexFormat.of().parseHex(value, prefix.length(), value.length());
    }

    @Override
    public boolean signsDecodedForm() {
        return signsDecodedForm;
    }
}
