vcl 4.1;

# Varnish 7 in front of DealRadar; docs/cdn.md says how it is started, and why it is as it is.
# To be changed: the backend's address, and who may purge.

import std;
import xkey;

backend dealradar {
    .host = "127.0.0.1";
    .port = "3001";
    .connect_timeout = 1s;
    # Longer than the longest statement (DATABASE_STATEMENT_TIMEOUT_MS).
    .first_byte_timeout = 10s;
    # Whether the process serves, not whether it is ready: with its database away it still answers from its cache.
    .probe = {
        .url = "/health";
        .interval = 1s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        call purge_by_key;
    }
    if (req.restarts == 0) {
        unset req.http.X-Failed;
        unset req.http.X-Passed;
        # Only what comes from here may be told apart by id (X-Request-ID is echoed).
        if (req.http.X-Request-ID !~ "^[A-Za-z0-9._-]{8,64}$") {
            set req.http.X-Request-ID = "varnish-" + req.xid;
        }
    }
    # While the site is well nothing outdated is served, be it purged softly or by age.
    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        set req.grace = 0s;
    } else {
        set req.grace = 1y;
    }
    # Who says who they are gets an answer of their own, past the cache.
    if (req.http.Authorization || req.http.X-API-Key || req.http.Cookie ~ "(^|;\s*)dealradar_(me|session)=") {
        return (pass);
    }
    unset req.http.Cookie;
    set req.url = std.querysort(req.url);
    call choose_coding;
}

sub purge_by_key {
    # A second address was added by a proxy in between, for somebody whom the list doesn't know.
    if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
        return (synth(403, "Forbidden"));
    }
    if (req.http.xkey-purge) {
        return (synth(200, "Purged " + xkey.purge(req.http.xkey-purge)));
    }
    if (req.http.xkey-softpurge) {
        return (synth(200, "Softly purged " + xkey.softpurge(req.http.xkey-softpurge)));
    }
    return (synth(400, "Name keys in xkey-purge or xkey-softpurge"));
}

# One variant for each coding that the site makes. Whoever weighs them gets an answer of their own.
sub choose_coding {
    if (req.http.Accept-Encoding ~ "(?i)(;\s*q\s*=|\*)") {
        return (pass);
    }
    if (req.http.Accept-Encoding ~ "(?i)(^|[,\s])br($|[,\s])") {
        set req.http.Accept-Encoding = "br";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|[,\s])gzip($|[,\s])") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }
}

sub vcl_pass {
    set req.http.X-Passed = "yes";
}

sub vcl_miss {
    # The site has just failed, and nothing old is left to fall back on: say so without asking it again.
    if (req.http.X-Failed) {
        return (synth(std.integer(req.http.X-Failed, 503)));
    }
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);
    }
    # Delivered, an error would take the place of what is still there; like this it doesn't.
    if (beresp.status >= 500) {
        return (error(beresp.status, beresp.reason));
    }
    # One client was refused; the next is to be heard.
    if (beresp.status == 429) {
        set beresp.ttl = 0s;
        return (deliver);
    }
    # Nothing is kept that doesn't say so; Varnish's own rules, which follow, judge the rest.
    if (!beresp.http.Cache-Control) {
        set beresp.ttl = 0s;
    }
    if (beresp.http.CDN-Cache-Control) {
        call obey_what_cdns_are_told;
        return (deliver);
    }
}

# RFC 9213: what is said to CDNs stands in place of what is said to everybody.
sub obey_what_cdns_are_told {
    if (beresp.http.CDN-Cache-Control ~ "(?i)(no-store|no-cache|private)" || beresp.http.Set-Cookie) {
        set beresp.ttl = 120s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    set beresp.ttl = std.duration(regsub(beresp.http.CDN-Cache-Control, "(?i)^.*\bmax-age=(\d+).*$", "\1s"), 0s);
    set beresp.ttl = beresp.ttl - beresp.age;
    set beresp.grace = std.duration(regsub(beresp.http.CDN-Cache-Control, "(?i)^.*\bstale-if-error=(\d+).*$", "\1s"), 0s);
    set beresp.keep = 0s;
    set beresp.http.xkey = beresp.http.Surrogate-Key;
    # They were true of the one request that fetched it.
    unset beresp.http.RateLimit;
    unset beresp.http.RateLimit-Policy;
    unset beresp.http.X-RateLimit-Limit;
    unset beresp.http.X-RateLimit-Remaining;
    unset beresp.http.X-RateLimit-Reset;
}

sub vcl_backend_error {
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
}

sub vcl_deliver {
    # RFC 5861 §4: better an old answer than an error, if there is one.
    if (resp.status >= 500 && req.restarts == 0 && !req.http.X-Passed) {
        set req.http.X-Failed = resp.status;
        return (restart);
    }
    # Varnish would say 304 to any date that isn't older, also to one within the second of a change.
    if (req.http.If-Modified-Since != resp.http.Last-Modified) {
        unset req.http.If-Modified-Since;
    }
    call say_how;
    set resp.http.X-Request-ID = req.http.X-Request-ID;
    unset resp.http.CDN-Cache-Control;
    unset resp.http.Surrogate-Control;
    unset resp.http.Surrogate-Key;
    unset resp.http.Cache-Tag;
    unset resp.http.xkey;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

# RFC 9211: the cache nearest to the client comes last.
sub say_how {
    if (req.http.X-Passed) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=bypass";
    } elseif (obj.hits == 0) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
    } elseif (obj.ttl < 0s) {
        set resp.http.X-Cache = "STALE";
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit; ttl=" + std.integer(duration=obj.ttl);
    } else {
        set resp.http.X-Cache = "HIT";
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit; ttl=" + std.integer(duration=obj.ttl);
    }
    set resp.http.Cache-Status = regsub(resp.http.Cache-Status, "^, ", "");
}

sub vcl_synth {
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Cache-Control = "no-store";
    set resp.http.X-Request-ID = req.http.X-Request-ID;
    if (resp.status >= 500) {
        set resp.http.Retry-After = "5";
    }
    set resp.body = {"{"type":"about:blank","title":""} + resp.reason + {"","status":"} + resp.status + {"}"};
    return (deliver);
}
