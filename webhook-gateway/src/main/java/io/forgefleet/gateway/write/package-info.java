/** What other runs leave to the gateway, since only it has the tokens that may write: pull requests that pin CI images, findings. */
@NullMarked
package io.forgefleet.gateway.write;

import org.jspecify.annotations.NullMarked;
