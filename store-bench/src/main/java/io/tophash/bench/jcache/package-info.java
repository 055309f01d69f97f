/** What JCache's interfaces cost over a cache, beside Ehcache behind the same interfaces. */
package io.tophash.bench.jcache;
