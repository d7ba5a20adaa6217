package io.forgefleet.runtime.service;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * One JSON object per line: {@code at}, {@code level}, {@code logger}, {@code thread}, {@code message}, the keys of the
 * logging context ({@code eventId}, {@code runId}, {@code repository}, {@code attempt}), and {@code error} with the stack.
 */
public final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};
    private static final int LONGEST_MESSAGE = 16 * 1024;
    private static final int LONGEST_STACK = 32 * 1024;

    private final JsonFactory json = new JsonFactory();

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator out = json.createGenerator(line)) {
            out.writeStartObject();
            out.writeStringField("at", event.getInstant().toString());
            out.writeStringField("level", event.getLevel().toString());
            out.writeStringField("logger", event.getLoggerName());
            out.writeStringField("thread", event.getThreadName());
            out.writeStringField("message", cut(String.valueOf(event.getFormattedMessage()), LONGEST_MESSAGE));
            for (Map.Entry<String, String> each : event.getMDCPropertyMap().entrySet()) {
                out.writeStringField(each.getKey(), cut(each.getValue(), LONGEST_MESSAGE));
            }
            IThrowableProxy error = event.getThrowableProxy();
            if (error != null) {
                out.writeStringField("error", cut(ThrowableProxyUtil.asString(error), LONGEST_STACK));
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a log line could not be written to memory", e);
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
