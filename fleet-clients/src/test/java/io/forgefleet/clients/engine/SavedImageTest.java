package io.forgefleet.clients.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine sends when all goes well, and as Docker 26 ends when its export fails half way: an error in JSON, status 200. */
class SavedImageTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 1024, 70_000, 200_000})
    void aWholeTarIsTakenHoweverItArrives(int most) throws Exception {
        byte[] tar = new byte[150_000];
        Arrays.fill(tar, 0, tar.length - 1024, (byte) 7);
        assertThat(copied(tar, most)).isEqualTo(tar);
        tar[tar.length - 1024] = 1;
        assertThatThrownBy(() -> copied(tar, most)).hasMessage("could not save it: the engine broke off");
    }

    @Test
    void whatEndsWithAnErrorOfTheEngineIsNoImage() {
        byte[] cut = Arrays.copyOf("part of a layer".getBytes(UTF_8), 5120);
        byte[] error = "{\"message\":\"content digest sha256:0: not found\"}\n".getBytes(UTF_8);
        byte[] sent = Arrays.copyOf(cut, cut.length + error.length);
        System.arraycopy(error, 0, sent, cut.length, error.length);
        assertThatThrownBy(() -> copied(sent, 4096))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("broke off");
        assertThatThrownBy(() -> copied(new byte[0], 4096)).hasMessageContaining("broke off");
    }

    private static byte[] copied(byte[] sent, int most) throws Exception {
        ByteArrayOutputStream into = new ByteArrayOutputStream();
        InputStream slow = new ByteArrayInputStream(sent) {
            @Override
            public int read(byte[] chunk) throws IOException {
                return read(chunk, 0, Math.min(chunk.length, most));
            }
        };
        SavedImage.copy("save it", slow, into);
        return into.toByteArray();
    }
}
