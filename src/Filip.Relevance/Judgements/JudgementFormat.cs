namespace Filip.Relevance.Judgements;

/// <summary>The forms a judgement file may have.</summary>
public enum JudgementFormat
{
    /// <summary>TREC qrels: <c>query 0 document grade</c>, separated by blanks; grades are whole numbers.</summary>
    Trec,

    /// <summary>CSV with a header: <c>query,docid,rating</c>, as Quepid exports it; a query may have no rating.</summary>
    Csv,

    /// <summary>One JSON object a line: <c>{"query":…,"docid":…,"rating":…}</c>.</summary>
    Jsonl,

    /// <summary>BEIR's tab-separated <c>query-id corpus-id score</c> with that header; grades are whole numbers.</summary>
    Beir,

    /// <summary>The body of an Elasticsearch <c>_rank_eval</c> request; ratings are whole numbers.</summary>
    RankEval,
}
