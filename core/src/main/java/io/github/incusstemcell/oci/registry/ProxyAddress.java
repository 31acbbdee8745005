package io.github.incusstemcell.oci.registry;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A proxy as a variable of the environment names it: {@code [scheme://][user[:password]@]host[:port][/]}, read as liberally as Go
 * and curl read it, where they agree.
 *
 * @param setting the name of the variable, for messages
 * @param host a name or an address, without brackets
 * @param user who we are to the proxy; absent where it is not to be told
 */
record ProxyAddress(String setting, Proxy.Type type, String host, int port, Optional<Credentials> user) {

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
    /** Names of hosts have underscores, too, whatever RFC 952 says. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?]");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /**
     * Reads the value of a variable.
     *
     * @throws IllegalArgumentException where it names no proxy that can be used; the message names the variable
     */
    static ProxyAddress parse(String setting, String value) {
        String text = value.strip();
        int colons = text.indexOf("://");
        String scheme = colons < 0 ? "http" : text.substring(0, colons).toLowerCase(Locale.ROOT);
        String rest = colons < 0 ? text : text.substring(colons + 3);
        boolean socks = isSocks(setting, scheme);
        String authority = authority(rest);
        int at = authority.lastIndexOf('@');
        Optional<Credentials> user = at < 0 ? Optional.empty() : user(authority.substring(0, at));
        if (socks && user.isPresent()) {
            throw unusable(setting, "a user and a password for a SOCKS proxy are not supported");
        }
        String host = authority.substring(at + 1);
        int colon = host.lastIndexOf(':') > host.lastIndexOf(']') ? host.lastIndexOf(':') : host.length();
        return new ProxyAddress(
                setting,
                socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                host(setting, host.substring(0, colon)),
                port(setting, host.substring(Math.min(colon + 1, host.length())), socks ? 1080 : 80),
                user);
    }

    private static boolean isSocks(String setting, String scheme) {
        return switch (scheme) {
            case "http" -> false;
            case "socks", "socks4", "socks4a", "socks5", "socks5h" -> true;
            case "https" ->
                throw unusable(
                        setting, "a proxy that is itself spoken to by https is not supported; name its http address");
            default ->
                throw unusable(
                        setting,
                        SCHEME.matcher(scheme).matches()
                                ? "'" + scheme + "' is no scheme of a proxy that is supported, as http and socks5 are"
                                : "what stands before its '://' is no scheme");
        };
    }

    /**
     * Ends at the first slash, unless what is before it is no host and there is an {@code @} behind it: then it belongs to a
     * password, as other characters do that should have been escaped.
     */
    private static String authority(String rest) {
        int slash = rest.indexOf('/');
        String strict = slash < 0 ? rest : rest.substring(0, slash);
        boolean escaped = strict.indexOf('@') >= 0 || isHostAndPort(strict);
        int at = (escaped ? strict : rest).lastIndexOf('@');
        int end = at + 1;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return rest.substring(0, end);
    }

    private static boolean isHostAndPort(String text) {
        int colon = text.lastIndexOf(':') > text.lastIndexOf(']') ? text.lastIndexOf(':') : text.length();
        String port = text.substring(Math.min(colon + 1, text.length()));
        return isHost(text.substring(0, colon))
                && (port.isEmpty() || PORT.matcher(port).matches());
    }

    private static boolean isHost(String text) {
        return NAME.matcher(text).matches() || IPV6.matcher(text).matches();
    }

    private static String host(String setting, String host) {
        if (!isHost(host)) {
            throw unusable(setting, host.isEmpty() ? "it names no host" : "'" + host + "' is no host");
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String setting, String port, int usual) {
        if (port.isEmpty()) {
            return usual;
        }
        int number = PORT.matcher(port).matches() ? Integer.parseInt(port) : 0;
        if (number < 1 || number > 65535) {
            throw unusable(setting, "'" + port + "' is no port");
        }
        return number;
    }

    private static Optional<Credentials> user(String text) {
        int colon = text.indexOf(':');
        String user = unescaped(colon < 0 ? text : text.substring(0, colon));
        String password = colon < 0 ? "" : unescaped(text.substring(colon + 1));
        return text.isEmpty() ? Optional.empty() : Optional.of(new Credentials(user, password));
    }

    /** A {@code %} that begins no escape stands for itself, as with curl. */
    private static String unescaped(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream unescaped = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
            boolean escape = bytes[i] == '%' && low >= 0;
            unescaped.write(escape ? high << 4 | low : bytes[i]);
            i += escape ? 2 : 0;
        }
        return unescaped.toString(StandardCharsets.UTF_8);
    }

    /** Nothing of what stands before the host is shown, as it may be a password. */
    private static IllegalArgumentException unusable(String setting, String problem) {
        return new IllegalArgumentException("the proxy in " + setting + " cannot be used: " + problem
                + ". Write for example http://user:password@proxy.example:3128, or unset it");
    }

    /** {@return the proxy for a connection; unresolved, as who connects resolves it, and again when that fails} */
    Proxy proxy() {
        return new Proxy(type, InetSocketAddress.createUnresolved(host, port));
    }

    /** Has no password. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port + ", which " + setting + " names";
    }
}
