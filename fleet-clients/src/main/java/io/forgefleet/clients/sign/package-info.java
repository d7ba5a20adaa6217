/** Signatures and attestations of images and files, made and verified by cosign, one small interface each. */
@NullMarked
package io.forgefleet.clients.sign;

import org.jspecify.annotations.NullMarked;
