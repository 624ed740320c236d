namespace Filip.Elastic.Tests.DropIn;

/// <summary>Searches of the shop's index, a feature of Elasticsearch each.</summary>
internal static class Searches
{
    /// <summary>Name and body; those whose name begins with "bad" are refused by Elasticsearch.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["match all"] = """{"query":{"match_all":{}}}""",
        ["no query"] = "{}",
        ["match"] = """{"query":{"match":{"title":"yellow picture"}},"size":5}""",
        ["multi match"] = """{"query":{"multi_match":{"query":"red 7","fields":["title","colour"]}}}""",
        ["phrase"] = """{"query":{"match_phrase":{"title":"blue picture"}},"size":7}""",
        ["bool"] = """{"query":{"bool":{"must":[{"match":{"title":"picture"}}],"filter":[{"range":{"price":{"gte":10}}}],"must_not":[{"term":{"colour":"red"}}],"should":[{"term":{"colour":"blue"}}]}}}""",
        ["term"] = """{"query":{"term":{"colour":{"value":"green"}}},"from":2,"size":4}""",
        ["terms"] = """{"query":{"terms":{"colour":["green","black"]}}}""",
        ["range"] = """{"query":{"range":{"price":{"lt":30}}},"size":20}""",
        ["exists"] = """{"query":{"exists":{"field":"price"}}}""",
        ["prefix"] = """{"query":{"prefix":{"colour":"bl"}}}""",
        ["query string"] = """{"query":{"query_string":{"query":"title:yellow OR colour:red"}}}""",
        ["simple query string"] = """{"query":{"simple_query_string":{"query":"+picture -red","fields":["title"]}}}""",
        ["function score"] = """{"query":{"function_score":{"query":{"match_all":{}},"field_value_factor":{"field":"price","missing":1}}}}""",
        ["constant score"] = """{"query":{"constant_score":{"filter":{"term":{"colour":"red"}},"boost":2.50}}}""",
        ["dis max"] = """{"query":{"dis_max":{"queries":[{"match":{"title":"red"}},{"term":{"colour":"blue"}}],"tie_breaker":0.7}}}""",
        ["boosting"] = """{"query":{"boosting":{"positive":{"match":{"title":"picture"}},"negative":{"term":{"colour":"red"}},"negative_boost":0.2}}}""",
        ["nested with inner hits"] = """{"query":{"nested":{"path":"tags","query":{"term":{"tags.name":"t1"}},"inner_hits":{"size":1}}}}""",
        ["collapse"] = """{"collapse":{"field":"colour","inner_hits":{"name":"cheap","size":2,"sort":[{"price":"asc"}]}},"query":{"match":{"title":"picture"}}}""",
        ["rescore"] = """{"query":{"match":{"title":"picture"}},"rescore":{"window_size":10,"query":{"rescore_query":{"term":{"colour":"black"}}}}}""",
        ["highlight"] = """{"query":{"match":{"title":"yellow"}},"highlight":{"fields":{"title":{"pre_tags":["<b>"],"post_tags":["</b>"]}}}}""",
        ["no source"] = """{"_source":false}""",
        ["some of the source"] = """{"_source":{"includes":["ti*","price"],"excludes":["price"]}}""",
        ["fields"] = """{"fields":["price",{"field":"colour"}],"_source":false}""",
        ["docvalue fields"] = """{"docvalue_fields":["price","colour"]}""",
        ["stored fields"] = """{"stored_fields":["title"]}""",
        ["stored fields none"] = """{"stored_fields":"_none_"}""",
        ["named queries"] = """{"query":{"bool":{"should":[{"term":{"colour":{"value":"red","_name":"is red"}}},{"match":{"title":{"query":"picture","_name":"any"}}}]}}}""",
        ["aggregations"] = """{"size":3,"aggs":{"colours":{"terms":{"field":"colour"},"aggs":{"mean":{"avg":{"field":"price"}}}},"prices":{"histogram":{"field":"price","interval":10}}}}""",
        ["top hits"] = """{"aggs":{"c":{"terms":{"field":"colour"},"aggs":{"top":{"top_hits":{"size":1,"sort":[{"price":"desc"}]}}}}}}""",
        ["post filter"] = """{"post_filter":{"term":{"colour":"red"}},"aggs":{"all":{"value_count":{"field":"price"}}}}""",
        ["least score"] = """{"query":{"match":{"title":"yellow picture"}},"min_score":0.5}""",
        ["suggest"] = """{"suggest":{"fix":{"text":"yelow pictur","term":{"field":"title"}}}}""",
        ["no total"] = """{"track_total_hits":false}""",
        ["counted up to"] = """{"track_total_hits":10,"size":2}""",
        ["explained"] = """{"explain":true,"size":2,"query":{"match":{"title":"red"}}}""",
        ["versions"] = """{"version":true,"seq_no_primary_term":true}""",
        ["retriever"] = """{"retriever":{"standard":{"query":{"match":{"title":"green"}}}}}""",
        ["cut short"] = """{"terminate_after":20,"timeout":"5s"}""",
        ["comments and spaces"] = "{ \"from\" : 1 , // the second\n \"size\" : 3 /* three */ , \"query\" : { \"match_all\" : { } } }\n",
        ["counts as texts"] = """{"size":"4","from":1.0}""",
        ["sorted by score and price"] = """{"sort":["_score",{"price":"asc"}],"query":{"match":{"title":"picture"}}}""",
        ["sorted by nothing"] = """{"sort":["_doc"],"size":6}""",
        ["sorted by price"] = """{"sort":[{"price":"desc"},"_doc"]}""",
        ["the worst first"] = """{"sort":[{"_score":{"order":"asc"}}],"query":{"match":{"title":"yellow picture"}}}""",
        ["search after"] = """{"sort":[{"price":"asc"}],"search_after":[20],"size":5}""",
        ["no hits"] = """{"size":0,"aggs":{"dearest":{"max":{"field":"price"}}}}""",
        ["nothing found"] = """{"query":{"term":{"colour":"mauve"}}}""",
        ["bad query"] = """{"query":{"no_such_query":{}}}""",
        ["bad field"] = """{"sort":["no_such_field"]}""",
        ["bad json"] = """{"query":{"match_all":{}}""",
        ["bad twice"] = """{"size":1,"size":2}""",
        ["bad size"] = """{"size":-1}""",
        ["bad depth"] = """{"from":10000,"size":10}""",
        ["bad member"] = """{"querry":{}}""",
    };

    /// <summary>Names for a theory.</summary>
    public static TheoryData<string> Names => [.. All.Keys];
}
