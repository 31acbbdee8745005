package io.github.incusstemcell.container;

import java.io.ByteArrayInputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Looks whether what a guest calls a picture of its boot is one: a browser that opens an SVG runs the scripts in it, and what is in a
 * guest need not mean well.
 */
final class BootPicture {

    /** What systemd-analyze draws with. */
    private static final Set<String> ELEMENTS = Set.of("svg", "defs", "style", "g", "rect", "line", "text", "title");

    private BootPicture() {}

    /** Why these bytes should not be opened by a browser; empty where nothing speaks against it. */
    static Optional<String> objection(byte[] svg) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> new ByteArrayInputStream(new byte[0]));
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(svg));
            while (reader.hasNext()) {
                Optional<String> objection = objection(reader, reader.next());
                if (objection.isPresent()) {
                    return objection;
                }
            }
            return Optional.empty();
        } catch (XMLStreamException e) {
            return Optional.of("it is no XML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    private static Optional<String> objection(XMLStreamReader reader, int event) {
        return switch (event) {
            case XMLStreamConstants.START_ELEMENT -> objectionToElement(reader);
            case XMLStreamConstants.DTD ->
                Optional.of(reader.getText())
                        .filter(text -> text.contains("["))
                        .map(text -> "it defines entities of its own");
            case XMLStreamConstants.PROCESSING_INSTRUCTION ->
                Optional.of("it has the processing instruction " + reader.getPITarget());
            default -> Optional.empty();
        };
    }

    private static Optional<String> objectionToElement(XMLStreamReader reader) {
        if (!ELEMENTS.contains(reader.getLocalName())) {
            return Optional.of("it has the element " + reader.getLocalName());
        }
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String attribute = reader.getAttributeLocalName(i).toLowerCase(Locale.ROOT);
            if (attribute.startsWith("on") || attribute.equals("href") || attribute.equals("style")) {
                return Optional.of("it has the attribute " + attribute);
            }
        }
        return Optional.empty();
    }
}
