package io.forgefleet.gateway.payload;

import io.vertx.core.MultiMap;

/** How one kind of forge tells what happened. */
interface Dialect {

    /** The fields that {@link #read} looks at. */
    Outline outline();

    Reading read(MultiMap headers, Fields payload) throws MalformedPayloadException;
}
