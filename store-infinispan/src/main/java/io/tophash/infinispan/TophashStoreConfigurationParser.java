package io.tophash.infinispan;

import org.infinispan.commons.configuration.io.ConfigurationReader;
import org.infinispan.configuration.parsing.CacheParser;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.configuration.parsing.ConfigurationParser;
import org.infinispan.configuration.parsing.Namespace;
import org.infinispan.configuration.parsing.ParseUtils;

/** Reads {@code <tophash-store path="…" files="…"/>} of a configuration; found by Infinispan. */
@Namespace(root = TophashStoreConfiguration.Element.NAME)
@Namespace(
    uri = TophashStoreConfigurationParser.NAMESPACE,
    root = TophashStoreConfiguration.Element.NAME)
public final class TophashStoreConfigurationParser implements ConfigurationParser {
  static final String NAMESPACE = "urn:tophash:config:store:0.1";

  @Override
  public void readElement(ConfigurationReader reader, ConfigurationBuilderHolder holder) {
    if (!reader.getLocalName().equals(TophashStoreConfiguration.Element.NAME)) {
      throw ParseUtils.unexpectedElement(reader);
    }
    TophashStoreConfigurationBuilder builder =
        holder
            .getCurrentConfigurationBuilder()
            .persistence()
            .addStore(TophashStoreConfigurationBuilder.class);
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      ParseUtils.requireNoNamespaceAttribute(reader, i);
      String name = reader.getAttributeName(i);
      if (name.equals(TophashStoreConfiguration.PATH.name())) {
        builder.path(reader.getAttributeValue(i));
      } else if (name.equals(TophashStoreConfiguration.FILES.name())) {
        builder.files(ParseUtils.parseInt(reader, i, reader.getAttributeValue(i)));
      } else {
        CacheParser.parseStoreAttribute(reader, i, builder);
      }
    }
    while (reader.inTag()) {
      CacheParser.parseStoreElement(reader, builder);
    }
  }

  @Override
  public Namespace[] getNamespaces() {
    return ParseUtils.getNamespaceAnnotations(getClass());
  }
}
