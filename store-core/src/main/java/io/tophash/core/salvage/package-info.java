/**
 * Salvage of what is whole in a damaged file. Owns nothing; reads files without mapping them. May
 * use everything but the table and the allocator, which believe what they read.
 */
package io.tophash.core.salvage;
