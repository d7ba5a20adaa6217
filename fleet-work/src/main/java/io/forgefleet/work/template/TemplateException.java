package io.forgefleet.work.template;

import java.io.Serial;

/**
 * No template can be made of what there is, and that will not pass by itself. The message says what is wrong and what to do about
 * it.
 */
public final class TemplateException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    public TemplateException(String message) {
        super(message);
    }

    public TemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
