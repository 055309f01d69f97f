/**
 * Recovery of what is whole in a damaged concurrent store. Owns nothing; reads the file without
 * mapping it, and believes only what has its checksum or its hash.
 */
package io.tophash.sync.salvage;
